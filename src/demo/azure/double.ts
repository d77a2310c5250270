import type { JsonObject } from '../../model/json.ts';
import type { RecordedCall, VendorError } from '../answers.ts';
import {
  type DoubleOptions,
  type Loopback,
  type LoopbackRequest,
  type Reply,
  type Routed,
  startLoopback,
  type WireProtocol,
} from '../loopback.ts';
import { type ArmCall, findRoute, pathOf, readArmCalls } from './arm-route.ts';
import { createTokenEndpoint, type DoubleClient, type TokenEndpoint } from './token-endpoint.ts';

export interface AzureDoubleOptions extends DoubleOptions {
  readonly clients: readonly DoubleClient[];
  /** What its registries of images give for a token of Entra ID; without it they refuse all. */
  readonly registryToken?: string;
  /** The sign-in library and the clients speak TLS only. */
  readonly tls: { readonly key: string; readonly cert: string };
}

/**
 * Starts an Azure on loopback: its token endpoint, and Azure Resource Manager for every GET of operations.json in the API version
 * that the catalogue names. Links to further pages in answers are written with `{origin}` in the place of the host,
 * and lead to this server on the wire.
 */
export async function startAzureDouble(options: AzureDoubleOptions): Promise<Loopback> {
  const calls = await readArmCalls();
  const tokens = createTokenEndpoint(options.clients, options.registryToken);
  let origin = '';
  const loopback = await startLoopback({ ...options, protocol: speak(calls, tokens, () => origin) });
  origin = loopback.origin;
  return loopback;
}

const armOrigin = '{origin}';

function speak(calls: readonly ArmCall[], tokens: TokenEndpoint, origin: () => string): WireProtocol {
  const byId = new Map(calls.map((call) => [call.id, call]));
  return {
    route: (request) => route(request, calls, tokens),
    answer: (_, answer) => json(200, withOwnLinks(answer, origin())),
    error: (_, error) => errorOnTheWire(error),
    refused: (call) => refused(byId.get(call.operation), call),
    throttled: () => ({ status: 429, code: 'TooManyRequests', message: 'The request is being throttled.' }),
    endless: (call, answer) => ({ ...answer, nextLink: sameAgain(byId.get(call.operation), call) }),
  };
}

function route(request: LoopbackRequest, calls: readonly ArmCall[], tokens: TokenEndpoint): Routed {
  const signIn = tokens.answer(request);
  if (signIn !== undefined) return { reply: signIn };
  const problem = tokenProblem(request, tokens);
  if (problem !== undefined) return { reply: errorOnTheWire(problem) };

  const found = findRoute(calls, request);
  if (found === undefined)
    return { reply: errorOnTheWire({ status: 404, code: 'InvalidResourceType', message: 'The resource type could not be found.' }) };
  const version = request.url.searchParams.get('api-version') ?? '';
  if (version !== found.call.apiVersion)
    return {
      reply: errorOnTheWire({
        status: 400,
        code: 'InvalidApiVersionParameter',
        message: `The api-version '${version}' is invalid. The supported versions are '${found.call.apiVersion}'.`,
      }),
    };
  const { call, subscription, params } = found;
  return { call: { operation: call.id, ...(subscription !== undefined && { account: subscription }), params } };
}

function tokenProblem({ headers }: LoopbackRequest, tokens: TokenEndpoint): VendorError | undefined {
  const [, token] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  if (token === undefined)
    return { status: 401, code: 'AuthenticationFailed', message: "Authentication failed. The 'Authorization' header is missing." };
  if (tokens.isIssued(token)) return undefined;
  return { status: 401, code: 'InvalidAuthenticationToken', message: 'The access token is invalid.' };
}

function refused(call: ArmCall | undefined, { account }: RecordedCall): VendorError {
  return {
    status: 403,
    code: 'AuthorizationFailed',
    message: `The client 'auditor' with object id 'auditor' does not have authorization to perform action '${call?.armAction}' over scope '/subscriptions/${account}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  };
}

function sameAgain(call: ArmCall | undefined, { account, params }: RecordedCall): string {
  if (call === undefined) return armOrigin;
  return `${armOrigin}${pathOf(call, account, params)}?api-version=${call.apiVersion}&$skiptoken=again`;
}

function withOwnLinks(answer: JsonObject, origin: string): JsonObject {
  const { nextLink } = answer;
  if (typeof nextLink !== 'string' || !nextLink.startsWith(`${armOrigin}/`)) return answer;
  return { ...answer, nextLink: origin + nextLink.slice(armOrigin.length) };
}

function errorOnTheWire({ status, code, message, more = {} }: VendorError): Reply {
  const reply = json(status, { error: { code, message, ...more } });
  const headers = { ...reply.headers, ...(status === 429 && { 'retry-after': '1' }) };
  return { ...reply, headers };
}

function json(status: number, body: object): Reply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}
