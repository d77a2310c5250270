import type { Target } from '../provider.ts';

/** One set of keys, valid now. */
export interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/**
 * Throws `CredentialsFailed`; never anything that came with the vendor's own message. `ended`: keys of which the vendor has just
 * said that they have ended; a source that can have others gives others.
 */
export type KeySource = (ended?: Keys) => Promise<Keys>;

/** What a target of this provider carries. */
export interface AlibabaSession {
  readonly keys: KeySource;
  /** Where the keys come from, in words: `the environment`, `profile "cn" of the CLI`. */
  readonly source: string;
}

/**
 * Keys could not be had. No cause is kept: the vendor's credentials package writes whole configuration files, keys included,
 * into its messages.
 */
export class CredentialsFailed extends Error {
  override readonly name = 'CredentialsFailed';
}

export function sessionOf(target: Target): AlibabaSession {
  // Only this provider makes targets for this provider's transport.
  return target.session as AlibabaSession;
}
