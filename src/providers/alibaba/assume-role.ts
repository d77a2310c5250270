import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Profile } from './profiles.ts';
import { VendorRefusal } from './read-answer.ts';
import { CredentialsFailed, type Keys, type KeySource } from './session.ts';

/** Sends `sts:AssumeRole` with these keys, on the connections of the run. */
export type AssumeRole = (keys: KeySource, params: JsonObject) => Promise<JsonObject>;

/** A role's keys are asked for anew when they have less than this to live. */
const renewBeforeMs = 5 * 60_000;

/** The keys of the role that a profile names, assumed with other keys, and renewed before they end. */
export function roleKeys({ name, members }: Profile, source: KeySource, assume: AssumeRole, now: () => Date): KeySource {
  const seconds = Number(members['expired_seconds'] ?? 0);
  const externalId = members['external_id'];
  const params: JsonObject = {
    RoleArn: members['ram_role_arn'] ?? members['role_arn'] ?? '',
    RoleSessionName: members['ram_session_name'] || members['role_session_name'] || 'aispm',
    DurationSeconds: seconds >= 900 ? seconds : 3600,
    ...(externalId !== undefined && externalId !== '' && { ExternalId: externalId }),
  };
  let current: Promise<Lent> | undefined;
  const isFresh = ({ endsAt }: Lent): boolean => endsAt - now().getTime() >= renewBeforeMs;
  return async () => {
    current ??= borrow(name, params, source, assume);
    const held = await current.catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    if (isFresh(held)) return held.keys;
    current = borrow(name, params, source, assume);
    return (await current).keys;
  };
}

interface Lent {
  readonly keys: Keys;
  readonly endsAt: number;
}

async function borrow(profile: string, params: JsonObject, source: KeySource, assume: AssumeRole): Promise<Lent> {
  const answer = await assume(source, params).catch((error: unknown) => {
    // The vendor's code alone: it names the reason and holds nothing of the request.
    if (error instanceof VendorRefusal)
      throw new CredentialsFailed(`the role of profile "${profile}" could not be assumed: ${error.message}`);
    throw error;
  });
  const lent = isJsonObject(answer['Credentials']) ? answer['Credentials'] : {};
  const { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: securityToken, Expiration: end } = lent;
  if (typeof accessKeyId !== 'string' || typeof accessKeySecret !== 'string' || typeof securityToken !== 'string') {
    throw new CredentialsFailed(`the role of profile "${profile}" could not be assumed: the answer holds no keys`);
  }
  const endsAt = typeof end === 'string' ? Date.parse(end) : Number.NaN;
  return { keys: { accessKeyId, accessKeySecret, securityToken }, endsAt: Number.isNaN(endsAt) ? Number.POSITIVE_INFINITY : endsAt };
}
