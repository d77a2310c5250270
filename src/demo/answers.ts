import { isJsonList, isJsonObject, type Json, type JsonObject } from '../model/json.ts';

/** What a vendor's error says, in the words that its protocol then wraps. */
export interface VendorError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Further members of the vendor's error body (`AccessDeniedDetail` …). */
  readonly more?: JsonObject;
}

/**
 * One entry of an `answers.json`: what a double says to an operation, in the vendor's own model shape.
 * The first entry that fits wins; pages are entries of their own with `when` on the token.
 */
export interface RecordedAnswer {
  /** The catalogue's id of the call. */
  readonly operation: string;
  readonly account?: string;
  readonly region?: string;
  /** Parameters that the request must carry; `null` means: must not be there. Numbers and booleans are compared as text. */
  readonly when?: JsonObject;
  readonly answer?: JsonObject;
  readonly error?: VendorError;
}

/** A request as a double understood it. */
export interface RecordedCall {
  readonly operation: string;
  readonly account?: string;
  readonly region?: string;
  readonly params: JsonObject;
}

/** The first answer that fits the call, or `undefined`. */
export function answerFor(answers: readonly RecordedAnswer[], call: RecordedCall): RecordedAnswer | undefined {
  return answers.find(
    (entry) =>
      entry.operation === call.operation &&
      (entry.account === undefined || entry.account === call.account) &&
      (entry.region === undefined || entry.region === call.region) &&
      fits(entry.when ?? {}, call.params),
  );
}

function fits(when: JsonObject, params: JsonObject): boolean {
  return Object.entries(when).every(([name, wanted]) => isSame(wanted, params[name]));
}

// Query strings and forms carry text only, so that `1` in a fixture stands for "1" on the wire too.
function isSame(wanted: Json, sent: Json | undefined): boolean {
  if (wanted === null) return sent === undefined || sent === null;
  if (sent === undefined || sent === null) return false;
  if (isJsonList(wanted)) return isJsonList(sent) && wanted.length === sent.length && wanted.every((item, at) => isSame(item, sent[at]));
  if (isJsonObject(wanted)) return isJsonObject(sent) && fits(wanted, sent);
  return String(wanted) === (typeof sent === 'object' ? JSON.stringify(sent) : String(sent));
}
