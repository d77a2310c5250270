import type { RegistryCredential } from '../../../model/registry-credential.ts';

/** What is known of the login to a host. `note`: why a login that is configured could not be had. */
export interface KnownLogin {
  readonly credential?: RegistryCredential;
  readonly note?: string;
  /** It is asked for again shortly before. */
  readonly endsAt?: Date;
  /** Of a login that was made for this run: it is no longer accepted, and the next question makes another. */
  readonly forget?: () => void;
}

/** The login to a host, or to one repository of it: some are good for a part of a host alone. Without `repository`: for the host as a whole. */
export type CredentialSource = (host: string, signal: AbortSignal, repository?: string) => Promise<KnownLogin>;
