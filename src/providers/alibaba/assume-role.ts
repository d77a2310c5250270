import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Profile } from './profiles.ts';
import { VendorRefusal } from './read-answer.ts';
import { CredentialsFailed, type Keys, type KeySource } from './session.ts';

/** Sends `sts:AssumeRole` with these keys, on the connections of the run. */
export type AssumeRole = (keys: KeySource, params: JsonObject) => Promise<JsonObject>;

/** A role's keys are asked for anew when they have less than this to live. */
const renewBeforeMs = 5 * 60_000;

/** A role, what its refusal is said of, and how its keys are had. */
export interface Borrowing {
  /** In words: `the role of profile "prod"`. */
  readonly what: string;
  readonly params: JsonObject;
  readonly source: KeySource;
  readonly assume: AssumeRole;
  readonly now: () => Date;
}

/** What the profile asks of `sts:AssumeRole`, and the words for it. */
export function roleOfProfile({ name, members }: Profile): Pick<Borrowing, 'what' | 'params'> {
  const seconds = Number(members['expired_seconds'] ?? 0);
  const externalId = members['external_id'];
  const params: JsonObject = {
    RoleArn: members['ram_role_arn'] ?? members['role_arn'] ?? '',
    RoleSessionName: members['ram_session_name'] || members['role_session_name'] || 'aispm',
    DurationSeconds: seconds >= 900 ? seconds : 3600,
    ...(externalId !== undefined && externalId !== '' && { ExternalId: externalId }),
  };
  return { what: `the role of profile "${name}"`, params };
}

/** The keys of a role that is assumed with other keys: renewed before they end, and when the vendor says that they have ended. */
export function borrowedKeys(borrowing: Borrowing): KeySource {
  let current: Promise<Lent> | undefined;
  const isFresh = ({ endsAt }: Lent): boolean => endsAt - borrowing.now().getTime() >= renewBeforeMs;
  const lentAnew = async (): Promise<Lent> => {
    const asked = borrow(borrowing);
    current = asked;
    return asked.catch((error: unknown) => {
      if (current === asked) current = undefined;
      throw error;
    });
  };
  return async (ended) => {
    const asked = current;
    const held = await (asked ?? lentAnew());
    if (isFresh(held) && held.keys !== ended) return held.keys;
    // Of many calls that meet the end at once, the first asks.
    const next = current !== undefined && current !== asked ? await current : await lentAnew();
    return next.keys;
  };
}

/** Worth another try: the road says what it is. */
function isPassing({ status, code }: VendorRefusal): boolean {
  return status === 429 || status >= 500 || /^(Throttling|ServiceUnavailable)/i.test(code);
}

interface Lent {
  readonly keys: Keys;
  readonly endsAt: number;
}

async function borrow({ what, params, source, assume }: Borrowing): Promise<Lent> {
  const answer = await assume(source, params).catch((error: unknown) => {
    // The vendor's code alone: it names the reason and holds nothing of the request.
    if (error instanceof VendorRefusal && !isPassing(error)) throw new CredentialsFailed(`${what} could not be assumed: ${error.message}`);
    throw error;
  });
  const lent = isJsonObject(answer['Credentials']) ? answer['Credentials'] : {};
  const { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: securityToken, Expiration: end } = lent;
  if (typeof accessKeyId !== 'string' || typeof accessKeySecret !== 'string' || typeof securityToken !== 'string') {
    throw new CredentialsFailed(`${what} could not be assumed: the answer holds no keys`);
  }
  const endsAt = typeof end === 'string' ? Date.parse(end) : Number.NaN;
  return { keys: { accessKeyId, accessKeySecret, securityToken }, endsAt: Number.isNaN(endsAt) ? Number.POSITIVE_INFINITY : endsAt };
}
