import { certificateSentence } from '../../http/network-error.ts';
import type { Refusal } from '../provider.ts';
import type { AwsOperation } from './operations.ts';
import { isOptIn } from './regions.ts';
import { NoSuchHost, readThrown, type Thrown } from './thrown.ts';

/**
 * What a failed call of AWS means. Codes: the common errors of AWS's APIs
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and each service's "Common Errors"), and
 * what the JavaScript SDK makes of answers that it cannot parse. A code that stands nowhere here is a gap that shows it; an error
 * that no answer and no connection caused is thrown again.
 */
export function refusalOf(error: unknown, operation: AwsOperation, region: string): Refusal {
  const thrown = readThrown(error);
  return (
    fromHost(error, operation, region) ??
    fromAbsence(thrown, operation) ??
    fromRegion(thrown, operation, region) ??
    fromSignIn(thrown) ??
    fromPermission(thrown, operation) ??
    fromLoad(thrown, operation) ??
    fromConnection(thrown, operation) ??
    fromBody(thrown, operation) ??
    fromUnknownCode(thrown, operation) ??
    notOfAws(error)
  );
}

/** What is no answer of AWS and no broken connection is a bug of this program. */
function notOfAws(error: unknown): never {
  throw error;
}

function fromHost(error: unknown, operation: AwsOperation, region: string): Refusal | undefined {
  if (!(error instanceof NoSuchHost)) return undefined;
  return { kind: 'limit', reason: 'not-in-region', subject: `${operation.service.id} in ${region}` };
}

/** Errors by which a service says "not set", by operation: no refusal, but the setting's absence. */
const notSet: { readonly [operation: string]: readonly string[] } = {
  'ecr:GetRepositoryPolicy': ['RepositoryPolicyNotFoundException'],
  'ecr:GetLifecyclePolicy': ['LifecyclePolicyNotFoundException'],
  'lambda:GetFunctionUrlConfig': ['ResourceNotFoundException'],
  'lambda:GetPolicy': ['ResourceNotFoundException'],
  's3:GetPublicAccessBlock': ['NoSuchPublicAccessBlockConfiguration'],
  's3:GetBucketPolicy': ['NoSuchBucketPolicy'],
  's3:GetBucketEncryption': ['ServerSideEncryptionConfigurationNotFoundError'],
};

const notThere = new Set([
  'ResourceNotFound',
  'ResourceNotFoundException',
  'NoSuchEntity',
  'NoSuchEntityException',
  'NotFoundException',
  'NoSuchBucket',
]);

function fromAbsence({ name, message }: Thrown, operation: AwsOperation): Refusal | undefined {
  if (notSet[operation.id]?.includes(name) === true) return { kind: 'none' };
  if (notThere.has(name)) return { kind: 'gone' };
  // SageMaker's older Describe calls say it so.
  if (name === 'ValidationException' && /RecordNotFound|could not find|does not exist/i.test(message)) return { kind: 'gone' };
  return undefined;
}

const unknownToken = new Set(['UnrecognizedClientException', 'InvalidClientTokenId', 'AuthFailure']);
const notEnabled = new Set(['OptInRequired', 'SubscriptionRequiredException', 'RegionDisabledException']);

function fromRegion({ name, message }: Thrown, operation: AwsOperation, region: string): Refusal | undefined {
  // Credentials that STS has just accepted are unknown only to a region that the account has not turned on.
  if (notEnabled.has(name) || (unknownToken.has(name) && isOptIn(region)))
    return { kind: 'limit', reason: 'not-activated', subject: `${operation.service.id} in ${region}` };
  const isElsewhere = /not (?:currently )?(?:available|supported) in (?:this|the|your) .{0,40}region/i.test(message);
  if (isElsewhere && (name === 'ValidationException' || name === 'UnsupportedOperation' || name === 'UnknownOperationException'))
    return { kind: 'limit', reason: 'not-in-region', subject: `${operation.id} in ${region}` };
  return undefined;
}

const ended = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']);
const unsigned = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'RequestExpired',
  'RequestTimeTooSkewed',
]);
const chainFailed = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError']);

function fromSignIn({ name, message }: Thrown): Refusal | undefined {
  if (ended.has(name)) return signIn('the credentials have expired', 'sign in again (aws sso login, or a new session)');
  if (/skew|signature (?:expired|not yet current)|RequestExpired/i.test(`${name} ${message}`))
    // The SDK has learnt the server's clock from this answer: the next attempt is signed with it.
    return { ...signIn('AWS refused the signature because of the time in it', "set this machine's clock"), retryable: true };
  if (unknownToken.has(name) || unsigned.has(name))
    return signIn(`AWS does not accept the credentials (${name})`, 'check the keys, or choose another profile');
  if (chainFailed.has(name)) return signIn(`no credentials could be had (${name})`, chainHint(message));
  return undefined;
}

/** The chain's own words, where they say what to do; they name profiles and files, never keys. */
function chainHint(message: string): string {
  const first = message.split('\n')[0] ?? '';
  return first.length > 0 && first.length <= 300 ? first : 'check the profile';
}

const signIn = (what: string, next: string) =>
  ({ kind: 'gap', reason: 'denied', detail: `${what}: ${next}`, retryable: false, signIn: true }) as const;

const deniedCodes = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'AuthorizationError',
  'AuthorizationErrorException',
  'UnauthorizedException',
  'ForbiddenException',
  'NotAuthorizedException',
]);

function fromPermission({ name, message, status }: Thrown, operation: AwsOperation): Refusal | undefined {
  if (!deniedCodes.has(name) && !(status === 403 && isServiceCode(name))) return undefined;
  const permission = /not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)/.exec(message)?.[1] ?? operation.permission;
  const by = /explicit deny in (?:a|an) ([a-z ]+ polic(?:y|ies)|[a-z ]*permissions boundary)/.exec(message)?.[1];
  const why = by === undefined ? '' : `, by an explicit deny in a ${by}`;
  const next = permission === undefined ? '' : by === undefined ? `; grant ${permission}` : `; allow ${permission} there`;
  return {
    kind: 'gap',
    reason: 'denied',
    detail: `${operation.id} was refused (${name}${why})${next}`,
    ...(permission !== undefined && { permission }),
    retryable: false,
  };
}

/** A code of the service, not a parser's error or a name that the SDK made up. */
const isServiceCode = (name: string) => !madeUp.has(name);
const madeUp = new Set(['SyntaxError', 'TypeError', 'RangeError', 'Error', 'EmptyAnswer', 'Unknown', 'UnknownError', 'an unknown error']);

const throttled =
  /^(?:Throttl|RequestThrottl|TooManyRequests|RequestLimitExceeded|SlowDown|BandwidthLimitExceeded|ProvisionedThroughputExceeded|PriorRequestNotComplete|LimitExceededException$)/;

function fromLoad({ name, status, retryAfterMs }: Thrown, operation: AwsOperation): Refusal | undefined {
  const later = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (throttled.test(name) || status === 429)
    return {
      kind: 'gap',
      reason: 'throttled',
      detail: `${operation.id} was throttled (${name})`,
      retryable: true,
      ...later,
    };
  if (status !== undefined && status >= 500)
    return {
      kind: 'gap',
      reason: 'unavailable',
      detail: `${operation.id} failed on the side of the service (${isServiceCode(name) ? `${name}, ` : ''}status ${status})`,
      retryable: true,
      ...later,
    };
  return undefined;
}

const broken = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const untrusted = /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT)/;

function fromConnection({ name, code, message, status }: Thrown, operation: AwsOperation): Refusal | undefined {
  const gap = { kind: 'gap', reason: 'unavailable', retryable: true } as const;
  if (untrusted.test(code))
    return {
      ...gap,
      detail: `${operation.id}: ${certificateSentence(code, 'the endpoint') ?? `no TLS connection came about (${code})`}`,
      retryable: false,
    };
  if (status === undefined && (broken.has(code) || name === 'TimeoutError' || name === 'AbortError' || /socket hang up/i.test(message)))
    return { ...gap, detail: `${operation.id}: the connection failed (${code || name})` };
  return undefined;
}

/** Answers that are not what the protocol says: a proxy's page, a cut body, a member of another type. */
function fromBody({ name, status }: Thrown, operation: AwsOperation): Refusal | undefined {
  const isRejected = name === 'ValidationException' || name === 'ValidationError' || name === 'SerializationException';
  if (isRejected)
    return {
      kind: 'gap',
      reason: 'unsupported',
      detail: `${operation.id} was rejected as invalid (${name})`,
      retryable: false,
    };
  const isUnreadable = name === 'EmptyAnswer' || (status !== undefined && !isServiceCode(name));
  if (!isUnreadable) return undefined;
  return {
    kind: 'gap',
    reason: 'malformed',
    detail: `the answer to ${operation.id} cannot be read (${name}${status === undefined ? '' : `, status ${status}`})`,
    retryable: false,
  };
}

function fromUnknownCode({ name, code, status }: Thrown, operation: AwsOperation): Refusal | undefined {
  if (status === undefined && code === '') return undefined;
  return {
    kind: 'gap',
    reason: 'unavailable',
    detail: `${operation.id} failed with ${status === undefined ? code : `${name} (status ${status})`}`,
    retryable: false,
  };
}
