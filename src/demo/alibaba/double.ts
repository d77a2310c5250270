import type { JsonObject } from '../../model/json.ts';
import { type AlibabaOperation, besideTotal, loadOperations } from '../../providers/alibaba/operations.ts';
import type { RecordedAnswer, RecordedCall, VendorError } from '../answers.ts';
import {
  type DoubleOptions,
  garbleLists,
  type Loopback,
  type LoopbackRequest,
  type Reply,
  type Routed,
  startLoopback,
  type WireProtocol,
} from '../loopback.ts';
import { isOss, ossError, ossReply } from './oss.ts';
import { understand } from './route.ts';
import { isSignatureRight, keyIdOf, tokenOf } from './signature.ts';

/** Keys that the double accepts, and the account that they belong to. */
export interface DoubleAccount {
  readonly account: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** These keys come with this token. */
  readonly securityToken?: string;
  /** The token of these keys has ended. */
  readonly expired?: true;
}

export interface AlibabaDoubleOptions extends DoubleOptions {
  readonly accounts: readonly DoubleAccount[];
  readonly tls?: { readonly key: string; readonly cert: string };
}

/**
 * Starts an Alibaba Cloud on loopback: RPC, ROA and OSS for every operation of operations.json, signatures verified.
 * Several products carry their region only in the host name, so that the endpoint to give is `<origin>/{region}/{service}`.
 * Whose keys these are (`GetCallerIdentity`) it knows itself, unless an answer is recorded.
 */
export async function startAlibabaDouble(options: AlibabaDoubleOptions): Promise<Loopback> {
  const operations = [...(await loadOperations()).values()];
  const protocol = speak(operations, options.accounts);
  const answers = [...options.answers, ...options.accounts.map(identity)];
  return startLoopback({ ...options, answers, fill: options.fill ?? noKeys, protocol });
}

const identity = ({ account }: DoubleAccount): RecordedAnswer => ({
  operation: 'sts-20150401:GetCallerIdentity',
  account,
  answer: { IdentityType: 'RAMUser', AccountId: account, Arn: `acs:ram::${account}:user/auditor`, UserId: '200000000000000001' },
});

const noKeys = (detector: string): string => {
  throw new Error(`an answer asks for a key of ${detector}, and this double was given no generator`);
};

function speak(operations: readonly AlibabaOperation[], accounts: readonly DoubleAccount[]): WireProtocol {
  const byId = new Map<string, AlibabaOperation>(operations.map((operation) => [operation.id, operation]));
  const of = (call: RecordedCall): AlibabaOperation => byId.get(call.operation)!;
  return {
    route: (request) => route(request, operations, accounts),
    answer: (call, answer) => (of(call).style === 'OSS' ? ossReply(of(call), answer) : reply(200, { RequestId: requestId, ...answer })),
    error: (call, error) => (of(call).style === 'OSS' ? ossError(error) : errorReply(error)),
    refused: (call) => refused(of(call)),
    throttled: () => ({ status: 429, code: 'Throttling.User', message: 'Request was denied due to user flow control.' }),
    endless: (call, answer) => endless(of(call), answer),
    garble: (_, answer) => garble(answer),
  };
}

const requestId = '00000000-0000-4000-8000-000000000000';

function route(request: LoopbackRequest, operations: readonly AlibabaOperation[], accounts: readonly DoubleAccount[]): Routed {
  const keyId = keyIdOf(request);
  const fault = (status: number, code: string, message: string): Routed => ({
    reply: isOss(request) ? ossError({ status, code, message }) : errorReply({ status, code, message }),
  });
  const account = accounts.find(({ accessKeyId }) => accessKeyId === keyId);
  if (account === undefined) return fault(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  if (!isSignatureRight(request, account.accessKeySecret)) {
    return fault(400, 'SignatureDoesNotMatch', 'Specified signature does not match our calculation.');
  }
  if (account.expired === true) return fault(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
  if (tokenOf(request) !== account.securityToken) {
    return fault(400, 'InvalidSecurityToken.Malformed', 'Specified SecurityToken is malformed.');
  }
  const call = understand(request, operations);
  if (call === undefined) return fault(404, 'InvalidAction.NotFound', 'Specified api is not found.');
  return { call: { ...call, account: account.account } };
}

function refused(operation: AlibabaOperation): VendorError {
  if (operation.style === 'OSS') return { status: 403, code: 'AccessDenied', message: 'You have no right to access this object.' };
  return {
    status: 403,
    code: 'Forbidden.RAM',
    message: 'User not authorized to operate on the specified resource, or this API does not support RAM.',
    more: {
      AccessDeniedDetail: {
        AuthAction: operation.ramAction ?? operation.id,
        AuthPrincipalType: 'SubUser',
        NoPermissionType: 'ImplicitDeny',
        PolicyType: 'AccountLevelIdentityBasedPolicy',
        EncodedDiagnosticMessage: 'AQ==',
      },
    },
  };
}

function errorReply({ status, code, message, more = {} }: VendorError): Reply {
  return reply(status, { RequestId: requestId, HostId: '127.0.0.1', Code: code, Message: message, ...more });
}

function reply(status: number, body: JsonObject): Reply {
  return { status, headers: { 'content-type': 'application/json;charset=utf-8' }, body: JSON.stringify(body) };
}

/** The same token on every page; where pages are numbered, always the first of very many. */
function endless(operation: AlibabaOperation, answer: JsonObject): JsonObject {
  const { pagination, listPath } = operation;
  if (pagination.family === 'none' || listPath === undefined) return answer;
  if (pagination.family === 'page') {
    const number = pagination.parameters.find((parameter) => !/size/i.test(parameter)) ?? 'PageNumber';
    return set(set(answer, pagination.totalPath ?? 'TotalCount', 1_000_000), besideTotal(operation, number), 1);
  }
  const again = set(answer, pagination.tokenPath ?? 'NextToken', 'again');
  return pagination.family === 'marker' ? { ...again, IsTruncated: true } : again;
}

/** Answers of the EAS family are flat: where there is no list, every text becomes one. */
function garble(answer: JsonObject): JsonObject {
  const garbled = garbleLists(answer);
  if (JSON.stringify(garbled) !== JSON.stringify(answer)) return garbled;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]));
}

function set(object: JsonObject, path: string, value: string | number): JsonObject {
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = object[name];
  // Paths of totals and tokens lead through objects.
  return { ...object, [name]: set((inner ?? {}) as JsonObject, rest.join('.'), value) };
}
