import type { ConnectionAgents } from '../../../http/agents.ts';
import type { AddressRules } from './address-guard.ts';
import type { CredentialSource } from './login.ts';
import type { RetryWorld } from './retry.ts';
import type { WireLimits } from './wire.ts';

/** What a client of registries needs from outside. */
export interface RegistryWorld extends RetryWorld {
  /** Proxies and authorities of the run. */
  readonly agents: ConnectionAgents;
  /** Attempts at one request; 5 where it is left out. */
  readonly attempts?: number;
  readonly credentials: CredentialSource;
  /** `--plain-http HOST`, repeated: hosts (with their port, if any) that are spoken to without TLS. */
  readonly plainHttp?: readonly string[];
  /** Hosts of token services that the user trusts with a registry's login. */
  readonly trustedRealms?: readonly string[];
  /** Who wrote the names of registries; the user where it is left out. What an asset names cannot be this machine itself. */
  readonly namedBy?: 'user' | 'asset';
  /** Where a registry answers, if not at its own name. */
  readonly address?: (host: string) => URL | undefined;
  readonly limits?: Partial<WireLimits>;
  readonly addresses?: AddressRules;
  readonly debug?: (line: string) => void;
}
