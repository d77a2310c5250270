import { lookup } from 'node:dns/promises';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { JsonObject } from '../../model/json.ts';
import type { ConnectOptions, Request, Target, Transport } from '../provider.ts';
import { keepAnswerText } from './answer-text.ts';
import { commandOf, openClient, type ServiceClient, type ServiceCommand } from './clients.ts';
import type { AwsSession } from './credentials.ts';
import { decodeDocuments } from './decode-documents.ts';
import { endpointOf } from './endpoints.ts';
import { asAwsOperation, type AwsOperation } from './operations.ts';
import { isOptIn, partitionNamed } from './regions.ts';
import { NoSuchHost } from './thrown.ts';
import { refusalOf } from './to-gap.ts';
import { answerToJson } from './to-json.ts';

export interface TransportOptions extends Pick<ConnectOptions, 'env' | 'endpoint' | 'now' | 'debug'> {
  readonly requestHandler: NodeHttpHandler;
  /** Asks the resolver for a host's address; rejects where there is none. */
  readonly resolve?: (host: string) => Promise<unknown>;
}

/** Sends calls with AWS's own clients. One client per account, service and region, made at its first call. */
export function openTransport(options: TransportOptions): Transport {
  const clients = new Map<string, ServiceClient>();

  function clientOf(operation: AwsOperation, target: Target, region: string, endpoint: string | undefined): ServiceClient {
    const key = `${target.account} ${operation.service.id} ${region}`;
    const known = clients.get(key);
    if (known !== undefined) return known;
    const { requestHandler } = options;
    const client = openClient(operation, { region, endpoint, session: sessionOf(target), requestHandler });
    clients.set(key, client);
    return client;
  }

  return {
    async send({ operation: common, params, target, region, signal }: Request): Promise<JsonObject> {
      const operation = asAwsOperation(common);
      const signed = signingRegion(operation, target, region);
      const endpoint = endpointOf(operation.service.id, signed, options, sessionOf(target).profile);
      const client = clientOf(operation, target, signed, endpoint);
      const command = commandOf(operation, params);
      traceTo(options, operation, command);
      const whole = keepAnswerText(operation, command);
      try {
        const answer = await whole(answerToJson(await client.send(command, { abortSignal: signal })));
        return decodeDocuments(answer, operation);
      } catch (error) {
        const isMissing = endpoint === undefined && (error as NodeJS.ErrnoException).code === 'ENOTFOUND';
        throw isMissing && (await resolverWorks(target, options.resolve)) ? new NoSuchHost() : error;
      }
    },
    next: (operation, params, answer) => nextPage(asAwsOperation(operation), params, answer),
    listPath(operation) {
      const key = asAwsOperation(operation).pagination?.resultKey;
      return typeof key === 'string' ? `${key}[]` : undefined;
    },
    refusal: (error, operation, region) => refusalOf(error, asAwsOperation(operation), region),
    bucket: (operation) => asAwsOperation(operation).service.id,
    // Connections belong to the agents, and those to whoever made them.
    close: () => clients.clear(),
  };
}

/** Targets of this provider are made by its `connect` alone. */
const sessionOf = (target: Target): AwsSession => target.session as AwsSession;

function signingRegion(operation: AwsOperation, target: Target, region: string): string {
  if (region !== 'global') return region;
  const home = partitionNamed(target.partition)?.iamRegion ?? 'us-east-1';
  if (operation.service.id !== 'sts') return home;
  // Near the user, but where every account may sign in: a region that must be turned on first may be off.
  return target.regions.includes(home) ? home : (target.regions.find((name) => !isOptIn(name)) ?? home);
}

/**
 * A missing name means that the service is not in this region only while names are resolved at all: a machine that has
 * lost its network answers the same.
 */
async function resolverWorks(target: Target, resolve: TransportOptions['resolve'] = lookup): Promise<boolean> {
  const suffix = partitionNamed(target.partition)?.dnsSuffix;
  const region = target.regions[0];
  if (suffix === undefined || region === undefined) return false;
  return resolve(`sts.${region}.${suffix}`).then(
    () => true,
    () => false,
  );
}

function traceTo({ debug, now }: TransportOptions, { httpMethod, path, id }: AwsOperation, command: ServiceCommand): void {
  command.middlewareStack.add(
    (next) => async (step) => {
      const { hostname } = step.request as { readonly hostname?: string };
      const start = now().getTime();
      const line = (end: string) => debug(`${httpMethod} ${hostname ?? '?'} ${path} ${id} ${end} ${now().getTime() - start} ms`);
      try {
        const result = await next(step);
        line(String((result.response as { readonly statusCode?: number }).statusCode ?? '?'));
        return result;
      } catch (error) {
        const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
        line(String(status ?? (error as NodeJS.ErrnoException).code ?? (error as Error).name));
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'aispmTrace' },
  );
}

/**
 * The parameters of the next page. A listing that says it is cut and names no next page asks for the same page again,
 * which the guarded call notices as a page that repeats.
 */
function nextPage({ pagination }: AwsOperation, params: JsonObject, answer: JsonObject): JsonObject | undefined {
  if (pagination === undefined) return undefined;
  const { inputToken, outputToken, moreResults } = pagination;
  if (moreResults !== undefined && answer[moreResults] !== true) return undefined;
  const token = answer[outputToken];
  if (token === undefined || token === null || token === '') return moreResults === undefined ? undefined : params;
  return { ...params, [inputToken]: token };
}
