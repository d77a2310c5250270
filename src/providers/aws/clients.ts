import { createRequire } from 'node:module';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsSession } from './credentials.ts';
import type { AwsOperation } from './operations.ts';

/** The part of every client of the SDK that is used here. */
export interface ServiceClient {
  send(command: ServiceCommand, options: { readonly abortSignal: AbortSignal }): Promise<object>;
}

export interface ServiceCommand {
  readonly middlewareStack: {
    add(
      middleware: (next: Handler) => Handler,
      options: { readonly step: 'finalizeRequest' | 'deserialize'; readonly priority: 'low'; readonly name: string },
    ): void;
  };
}

type Handler = (step: { readonly request: unknown }) => Promise<{ readonly response: unknown }>;
type Constructor<T> = new (input: unknown) => T;

export interface ClientOptions {
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly session: AwsSession;
  readonly requestHandler: NodeHttpHandler;
}

/**
 * A client of the operation's service. Every package has one class whose name ends in `Client`.
 * The SDK's own retries are off: the guarded call retries, and counts.
 */
export function openClient(operation: AwsOperation, options: ClientOptions): ServiceClient {
  const { region, endpoint, session, requestHandler } = options;
  const name = Object.keys(exportsOf(operation)).find((key) => key.endsWith('Client') && !key.startsWith('__'));
  const Client = exportOf<ServiceClient>(operation, name ?? 'Client');
  return new Client({
    region,
    ...(endpoint !== undefined && { endpoint }),
    credentials: session.credentials,
    requestHandler,
    maxAttempts: 1,
  });
}

export function commandOf(operation: AwsOperation, params: object): ServiceCommand {
  const Command = exportOf<ServiceCommand>(operation, operation.command);
  return new Command(params);
}

// By `require`: these packages are CommonJS, and `import` reads each file twice to find the names of its exports.
const load = createRequire(import.meta.url);

function exportsOf({ service }: AwsOperation): { readonly [name: string]: unknown } {
  return load(service.package) as { readonly [name: string]: unknown };
}

/** By its name: some packages have thousands of exports, and each call needs one. */
function exportOf<T>(operation: AwsOperation, name: string): Constructor<T> {
  const found = exportsOf(operation)[name];
  if (found === undefined) throw new Error(`${operation.service.package} does not hold "${name}", which ${operation.id} needs`);
  // Commands and clients of the SDK are classes; the catalogue's names were compared with the package.
  return found as Constructor<T>;
}
