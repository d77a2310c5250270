import type { JsonObject } from '../../model/json.ts';
import { loadOperations, type AwsOperation } from '../../providers/aws/operations.ts';
import type { RecordedAnswer, RecordedCall, VendorError } from '../answers.ts';
import {
  garbleLists,
  startLoopback,
  type DoubleOptions,
  type Loopback,
  type LoopbackRequest,
  type Reply,
  type Routed,
  type WireProtocol,
} from '../loopback.ts';
import { understand } from './route.ts';
import { isSignatureRight, signedBy } from './signature.ts';
import { answerOnTheWire, errorOnTheWire } from './wire.ts';

/** Keys that the double accepts, and the account that they belong to. */
export interface DoubleAccount {
  readonly account: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The token of these keys has ended. */
  readonly expired?: true;
}

export interface AwsDoubleOptions extends DoubleOptions {
  readonly accounts: readonly DoubleAccount[];
  readonly tls?: { readonly key: string; readonly cert: string };
}

/**
 * Starts an AWS on loopback: JSON 1.1, REST-JSON and query, for every operation of operations.json, signatures verified.
 * Whose keys these are (`sts:GetCallerIdentity`) it knows itself, unless an answer is recorded.
 */
export async function startAwsDouble(options: AwsDoubleOptions): Promise<Loopback> {
  const operations = [...(await loadOperations()).values()];
  const protocol = speak(operations, await timePaths(), options.accounts);
  const answers = [...options.answers, ...options.accounts.map(identity)];
  return startLoopback({ ...options, answers, fill: options.fill ?? noKeys, protocol });
}

const identity = ({ account }: DoubleAccount): RecordedAnswer => ({
  operation: 'sts:GetCallerIdentity',
  account,
  answer: { UserId: 'AIDAAUDITOR', Account: account, Arn: `arn:aws:iam::${account}:user/auditor` },
});

const noKeys = (detector: string): string => {
  throw new Error(`an answer asks for a key of ${detector}, and this double was given no generator`);
};

/** Operation id → paths of its answer that are times, from the vendor's models. */
async function timePaths(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { default: models } = await import('../../../checks/models/aws.json', { with: { type: 'json' } });
  const entries = models as unknown as readonly { readonly id: string; readonly responseTypes?: { readonly [path: string]: string } }[];
  return new Map(
    entries.map(({ id, responseTypes = {} }) => {
      const times = Object.entries(responseTypes).filter(([, type]) => type === 'timestamp');
      return [id, new Set(times.map(([path]) => path))];
    }),
  );
}

function speak(
  operations: readonly AwsOperation[],
  times: ReadonlyMap<string, ReadonlySet<string>>,
  accounts: readonly DoubleAccount[],
): WireProtocol {
  const byId = new Map<string, AwsOperation>(operations.map((operation) => [operation.id, operation]));
  const of = (call: RecordedCall) => byId.get(call.operation)!;
  return {
    route: (request) => route(request, operations, accounts),
    answer: (call, answer) => answerOnTheWire(of(call), answer, (path) => times.get(call.operation)?.has(path) === true),
    error: (call, error) => errorOnTheWire(of(call).protocol, error),
    refused: (call) => refused(of(call), call),
    throttled: (call) => ({
      status: 400,
      code: of(call).protocol === 'query' ? 'Throttling' : 'ThrottlingException',
      message: 'Rate exceeded',
    }),
    garble: (_, answer) => garble(answer),
    endless: (call, answer) => endless(of(call), answer),
  };
}

function route(request: LoopbackRequest, operations: readonly AwsOperation[], accounts: readonly DoubleAccount[]): Routed {
  const by = signedBy(request);
  if (by === undefined) return { reply: signInError(request, 'MissingAuthenticationToken', 'Request is missing Authentication Token') };
  const owner = accounts.find(({ accessKeyId }) => accessKeyId === by.accessKeyId);
  if (owner === undefined)
    return { reply: signInError(request, 'UnrecognizedClientException', 'The security token included in the request is invalid.') };
  if (!isSignatureRight(request, by, owner.secretAccessKey))
    return {
      reply: signInError(
        request,
        'InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided.',
      ),
    };
  if (owner.expired === true)
    return { reply: signInError(request, 'ExpiredTokenException', 'The security token included in the request is expired') };
  const understood = understand(request, by.service, operations);
  if (understood === undefined)
    return { reply: { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>no such operation</html>' } };
  const { operation, params } = understood;
  return { call: { operation: operation.id, account: owner.account, region: by.region, params } };
}

/** The query protocol has names of its own for the same errors. */
const queryNames: { readonly [code: string]: string } = {
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  ExpiredTokenException: 'ExpiredToken',
};

function signInError(request: LoopbackRequest, code: string, message: string): Reply {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (isForm) return errorOnTheWire('query', { status: 403, code: queryNames[code] ?? code, message });
  const protocol = request.headers['x-amz-target'] === undefined ? 'rest-json' : 'json';
  return errorOnTheWire(protocol, { status: protocol === 'json' ? 400 : 403, code, message });
}

function refused({ protocol, permission = 'sts:GetCallerIdentity' }: AwsOperation, { account }: RecordedCall): VendorError {
  return {
    status: protocol === 'json' ? 400 : 403,
    code: protocol === 'query' ? 'AccessDenied' : 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:user/auditor is not authorized to perform: ${permission} on resource: * because no identity-based policy allows the ${permission} action`,
  };
}

/** Where an answer is nothing but texts, they become objects. */
function garble(answer: JsonObject): JsonObject {
  const garbled = garbleLists(answer);
  if (JSON.stringify(garbled) !== JSON.stringify(answer)) return garbled;
  return Object.fromEntries(Object.keys(answer).map((name) => [name, { garbled: 'garbled' }]));
}

function endless({ pagination }: AwsOperation, answer: JsonObject): JsonObject {
  if (pagination === undefined) return answer;
  const { outputToken, moreResults } = pagination;
  return { ...answer, [outputToken]: 'the same page again', ...(moreResults !== undefined && { [moreResults]: true }) };
}
