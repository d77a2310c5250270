import type { Inspect } from '../../model/inspect.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { CallLimits } from '../../providers/caller.ts';
import type { MaskText } from '../../providers/inspect-answer.ts';
import type { ConnectOptions, Provider } from '../../providers/provider.ts';
import type { AnswerTypes } from '../../providers/shape.ts';
import type { Shard } from '../shard.ts';
import type { SignedIn } from './sign-in.ts';

export interface DiscoverOptions {
  readonly tool: Inventory['tool'];
  /** How each provider is entered: accounts, regions, endpoints, connections. */
  readonly connect: (provider: Provider) => Omit<ConnectOptions, 'env' | 'signal' | 'now' | 'debug' | 'timeoutMs'>;
  readonly inspect: Inspect;
  readonly maskText: MaskText;
  /** The vendor's answer types of a provider's declared operations. */
  readonly types: (provider: Provider) => Promise<{ readonly [operation: string]: AnswerTypes }>;
  /** Deadline of one attempt of a call. */
  readonly timeoutMs: number;
  readonly rps?: number;
  /** Requests in flight of a provider in all, and per account, region and service. */
  readonly concurrency?: { readonly inAll?: number; readonly perService?: number };
  /** Attempts, waits and deadlines of the calls of collectors; tests make them short. Signing in keeps its own. */
  readonly retries?: Partial<CallLimits>;
  readonly sleep?: (ms: number) => Promise<void>;
  /** Reads the i-th of n parts of the assets; listings are read by all. */
  readonly shard?: Shard;
  /** Goes on with what was read while the accounts can still be asked for a login to their registries. */
  readonly whileSignedIn?: (inventory: Inventory, signedIn: readonly SignedIn[]) => Promise<Inventory>;
  /** What narrows this run, in words. */
  readonly selection?: readonly string[];
}

/**
 * Requests in flight of a provider, in all and per account, region and service, unless the user says otherwise. The vendors'
 * clients cost about 1.5 ms of CPU per call, so that one thread serves some 30 calls at 50 ms; more would only queue here.
 */
export const usualConcurrency = { inAll: 24, perService: 8 } as const;
