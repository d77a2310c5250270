import type http from 'node:http';
import type https from 'node:https';
import type { GapReason, LimitReason } from '../model/gap.ts';
import type { OperationId, ProviderName } from '../model/ids.ts';
import type { TextEncoding } from '../model/inspect.ts';
import type { JsonObject } from '../model/json.ts';
import type { RegistryCredential } from '../model/registry-credential.ts';
import type { Collector } from './collector.ts';

/** The members of operations.json that are the same for every provider. Each provider's transport knows its own further ones. */
export interface Operation {
  readonly id: OperationId;
  readonly use: 'allowed' | 'opt-in' | 'credentials-port' | 'forbidden';
  readonly mintsCredentials?: boolean;
  readonly secretResponsePaths?: readonly string[];
  readonly freeTextResponsePaths?: readonly string[];
  readonly textEncodings?: { readonly [path: string]: TextEncoding };
  readonly [member: string]: unknown;
}

/** What a failed request means. Made by each provider's to-gap.ts; anything it does not know is a gap `malformed` or `unavailable` with the code shown. */
export type Refusal =
  | {
      readonly kind: 'gap';
      readonly reason: GapReason;
      /** One sentence; no secret, no raw answer text of unknown content. */
      readonly detail: string;
      readonly permission?: string;
      /** Worth another try (throttled, 5xx, reset, time-out). */
      readonly retryable: boolean;
      readonly retryAfterMs?: number;
      /** The credentials themselves were refused (expired, unknown): every further call of this target will be. */
      readonly signIn?: true;
    }
  | { readonly kind: 'limit'; readonly reason: LimitReason; readonly subject: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'gone' };

/** One account with what the provider needs to call it. */
export interface Target {
  readonly account: string;
  readonly partition: string;
  /** Regions to scan; empty for providers whose listing is not regional (Azure). */
  readonly regions: readonly string[];
  /** Where products that are not regional keep the account's data apart (Alibaba Cloud: the mainland, everywhere else). All are asked, whatever regions were chosen. */
  readonly sites?: readonly string[];
  /** Opaque to everybody but the provider that made it: credentials live here and nowhere else. */
  readonly session: unknown;
}

export interface Request {
  readonly operation: Operation;
  readonly params: JsonObject;
  readonly target: Target;
  readonly region: string;
  readonly signal: AbortSignal;
}

/** One request on the wire at a time; retries, paging, memo, throttling and gaps are the guarded call's (api.ts). */
export interface Transport {
  /** One attempt. Resolves with the decoded answer of a success, throws for everything else. */
  send(request: Request): Promise<JsonObject>;
  /** Parameters of the next page, or `undefined` after the last. */
  next(operation: Operation, params: JsonObject, answer: JsonObject, rowsSoFar: number): JsonObject | undefined;
  /** Answer path of the operation's result list (`NotebookInstances[]`), if it lists. */
  listPath(operation: Operation): string | undefined;
  refusal(error: unknown, operation: Operation, region: string): Refusal;
  /** Name of the rate-limit bucket of an operation: usually its service. */
  bucket(operation: Operation): string;
  close(): void;
}

export interface Selection {
  readonly profiles: readonly string[];
  readonly accounts: readonly string[];
  readonly subscriptions: readonly string[];
  readonly regions: readonly string[];
  /** All accounts of the organization that the credentials manage. */
  readonly org: boolean;
  /** The role that is assumed in each account of the organization, where it is not the vendor's own. */
  readonly orgRole?: string;
  /** The provider was named by the user, not just found by a bare `scan`. */
  readonly named: boolean;
}

export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

export interface ConnectOptions {
  readonly env: { readonly [name: string]: string | undefined };
  readonly selection: Selection;
  /** The `--endpoint` override of a service in a region, if there is one. `service` is the provider's own service id (`bedrock-agent`, `eas-20210701`, `arm`, `login`, `sts`). */
  readonly endpoint: (service: string, region: string) => URL | undefined;
  /** PEM text of `--ca-file`, in addition to Node's own authorities. */
  readonly ca?: string;
  /** Agents with proxy and authorities; every connection of every SDK goes through them. */
  readonly agents: Agents;
  /** Deadline of one attempt. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** `--debug`: method, host, path template, status, milliseconds; never headers, bodies, query values. */
  readonly debug: (line: string) => void;
}

export interface Identity {
  readonly account: string;
  /** ARN, object id or user id of the caller; printed by `doctor`. */
  readonly caller: string;
}

/** A target that was chosen and could not be entered: becomes a gap with the call `sign-in`. */
export interface TargetProblem {
  readonly account: string;
  readonly reason: GapReason;
  readonly detail: string;
}

/** Something of what was chosen that is not there to be read: becomes a limit of that account. */
export interface TargetLimit {
  readonly account: string;
  readonly reason: LimitReason;
  readonly subject: string;
}

export type Connection =
  | { readonly status: 'not-configured'; readonly detail: string }
  /** Credentials exist and were refused for every target. Exit code 4 when no provider gets further. */
  | { readonly status: 'refused'; readonly detail: string; readonly problems: readonly TargetProblem[] }
  | {
      readonly status: 'ready';
      readonly targets: readonly Target[];
      readonly identities: readonly Identity[];
      readonly problems: readonly TargetProblem[];
      readonly limits?: readonly TargetLimit[];
      readonly transport: Transport;
    };

/** A login to a registry of images that a cloud gave. Short-lived; for that host and its own token service alone. */
export type RegistryLogin =
  | { readonly status: 'ready'; readonly credential: RegistryCredential; readonly endsAt: Date }
  /** The host is no registry of this cloud, or of none of the accounts: it is read without a login of the cloud. */
  | { readonly status: 'not-mine' }
  | { readonly status: 'refused'; readonly reason: GapReason; readonly detail: string };

export interface RegistryLoginOptions {
  readonly connection: Extract<Connection, { readonly status: 'ready' }>;
  /** Deadline of one attempt. */
  readonly timeoutMs: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

export interface PolicyDocument {
  /** The document to paste: IAM JSON, Azure custom role, RAM policy. */
  readonly document: JsonObject;
  /** The same in several documents, where the cloud takes none as long as this one. */
  readonly parts?: readonly JsonObject[];
  /** Every action with the mark of where its name comes from, and the operations that need it. */
  readonly actions: readonly { readonly action: string; readonly evidence: string; readonly operations: readonly OperationId[] }[];
  readonly notes: readonly string[];
}

export interface Provider {
  readonly name: ProviderName;
  readonly title: string;
  readonly collectors: readonly Collector[];
  /** All operations of operations.json, by id. Loaded on first use. */
  operations(): Promise<ReadonlyMap<OperationId, Operation>>;
  /** Throws UsageError for what the user named and does not exist (unknown region, malformed profile file). Opens the SDKs lazily. */
  connect(options: ConnectOptions): Promise<Connection>;
  /** The least-privilege policy of these operations, plus what signing in and listing regions needs. */
  policy(operations: readonly Operation[]): PolicyDocument;
  /**
   * Logs in to a registry of this cloud, as a host name of a reference names it. The call mints credentials: no collector can make it.
   * Nothing is sent for a host that has not the exact form of the vendor's own registries.
   */
  registryLogin?(host: string, options: RegistryLoginOptions): Promise<RegistryLogin>;
}
