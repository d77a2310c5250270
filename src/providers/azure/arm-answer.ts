import { isJsonList, isJsonObject, jsonIn, type JsonObject } from '../../model/json.ts';
import { ArmError } from './arm-error.ts';
import type { ArmOperation } from './arm-operation.ts';

/** An answer as it came over the wire, before anybody's model of it. */
export interface WireAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/**
 * The raw JSON of a success. A list must have a list of objects where the operation says its items are:
 * the vendor's own pagers take an empty body or `{}` for "no items", which would make a blind scan look clean.
 * @throws ArmError for everything else
 */
export function readAnswer(answer: WireAnswer, operation: ArmOperation, now: Date): JsonObject {
  if (answer.status >= 300 && answer.status < 400) throw malformed(`a redirect (${answer.status}) to another place, which is not followed`);
  if (answer.status !== 200) throw readError(answer, now);
  const json = jsonIn(answer.body);
  if (!isJsonObject(json)) throw malformed(describe(answer.body));
  const items = operation.itemsAt === undefined ? undefined : json[operation.itemsAt.replace(/\[\]$/, '')];
  if (operation.itemsAt !== undefined && !(isJsonList(items) && items.every(isJsonObject)))
    throw malformed(`an answer without a list of objects at "${operation.itemsAt}"`);
  const { nextLink } = json;
  if (nextLink !== undefined && nextLink !== null && typeof nextLink !== 'string') throw malformed('a nextLink that is no text');
  return json;
}

function readError({ status, header, body }: WireAnswer, now: Date): ArmError {
  const json = jsonIn(body);
  // Most services wrap the error; some do not.
  const error = isJsonObject(json) ? (isJsonObject(json['error']) ? json['error'] : json) : {};
  const { code, message } = error;
  const retryAfterMs = readRetryAfter(header('retry-after'), now);
  return new ArmError({
    kind: 'http',
    status,
    ...(typeof code === 'string' && /^[A-Za-z0-9._-]{1,100}$/.test(code) && { code }),
    ...(typeof message === 'string' && { message }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** `Retry-After` is a number of seconds or a date. */
export function readRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

function describe(body: string): string {
  if (body.trim() === '') return 'a success without a body';
  if (/^\s*</.test(body)) return 'a page of HTML or XML instead of JSON';
  return /^\s*[[{]/.test(body) ? 'JSON that is cut short or no object' : 'something that is no JSON';
}

function malformed(what: string): ArmError {
  return new ArmError({ kind: 'malformed', what });
}
