import type { RegistryCredential } from '../../../model/registry-credential.ts';

/** What is known of the login to a host. `note`: why a login that is configured could not be had. */
export interface KnownLogin {
  readonly credential?: RegistryCredential;
  readonly note?: string;
  /** It is asked for again shortly before. */
  readonly endsAt?: Date;
}

export type CredentialSource = (host: string, signal: AbortSignal) => Promise<KnownLogin>;
