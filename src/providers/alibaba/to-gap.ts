import { certificateSentence } from '../../http/network-error.ts';
import type { Refusal } from '../provider.ts';
import { type EndpointRules, hasSites, isKnownAtOneSite } from './endpoint.ts';
import type { AlibabaOperation } from './operations.ts';
import { VendorRefusal } from './read-answer.ts';
import { CredentialsFailed } from './session.ts';
import { UnusableAnswer } from './unusable-answer.ts';
import { AnswerTooLarge, ConnectionFailed, DeadlineExceeded } from './wire.ts';

/** The product has no endpoint in that region. */
export class NotInRegion extends Error {
  override readonly name = 'NotInRegion';
}

/** What a failed call means. What is not in the table is a gap that shows the vendor's code. */
export function refusalOf(error: unknown, operation: AlibabaOperation, region: string, rules: EndpointRules): Refusal {
  if (error instanceof NotInRegion) return limit('not-in-region', operation, region);
  if (error instanceof VendorRefusal && isUnknownAtSite(error, operation, rules)) return unknownAtSite(error, operation, region, rules);
  if (error instanceof VendorRefusal) return vendorRefusal(error, operation, region);
  if (error instanceof UnusableAnswer) return unusable(error, operation);
  if (error instanceof AnswerTooLarge) {
    return { kind: 'gap', reason: 'too-large', detail: `${operation.id}: ${error.message}`, retryable: false };
  }
  if (error instanceof CredentialsFailed) {
    const detail = `${operation.id}: ${error.message}; sign in again, or check the profile`;
    return { kind: 'gap', reason: 'denied', detail, retryable: false, signIn: true };
  }
  return networkFailure(error, operation);
}

/** The keys opened other doors before: what one site says of them ends nothing elsewhere. */
function isUnknownAtSite({ code }: VendorRefusal, { service }: AlibabaOperation, rules: EndpointRules): boolean {
  return hasSites(rules, service) && code.startsWith('InvalidAccessKeyId');
}

function unknownAtSite(error: VendorRefusal, operation: AlibabaOperation, site: string, rules: EndpointRules): Refusal {
  if (isKnownAtOneSite(rules, operation.service)) return limit('not-in-region', operation, site);
  const detail = `${operation.id}: the ${site} site does not know the access key, so that its data was not read (${error.message})`;
  return { kind: 'gap', reason: 'denied', detail, retryable: false };
}

interface Meaning {
  readonly codes: RegExp;
  readonly refusal: (error: VendorRefusal, operation: AlibabaOperation, region: string) => Refusal;
}

// The first that fits. Codes are those of the vendor's error pages; their endings differ from product to product.
const meanings: readonly Meaning[] = [
  {
    codes:
      /^(InvalidAccessKeyId|SignatureDoesNotMatch|IncompleteSignature|InvalidSecurityToken|InvalidTimeStamp|RequestTimeTooSkewed|InvalidCredentials|MissingSecurityToken|SecurityTokenExpired)/,
    refusal: signIn,
  },
  { codes: /^(Throttling|TooManyRequests|RequestLimitExceeded|ApiRateLimitExceeded|FlowControl|SlowDown)/i, refusal: throttled },
  {
    codes: /^(InvalidApi\.NotFound|InvalidAction\.NotFound|UnsupportedRegion|InvalidRegionId)/,
    refusal: (_, operation, region) => limit('not-in-region', operation, region),
  },
  {
    codes: /^(ServiceNotOpen|ResourceDirectoryNotInUse)$/,
    refusal: (_, operation, region) => limit('not-activated', operation, region),
  },
  // KMS, of keys that are not there.
  { codes: /^Forbidden\.KeyNotFound$/, refusal: () => ({ kind: 'gone' }) },
  { codes: /^NoPermissionError$/, refusal: noMembership },
  { codes: /^(Forbidden|NoPermission|AccessDenied|Unauthorized|NotAuthorized)/i, refusal: denied },
  { codes: /^(ServiceUnavailable|InternalError|InternalServerError|ServiceError|SystemError|ServiceTimeout)/i, refusal: unavailable },
  // OSS, of settings that a bucket has not.
  { codes: /^(NoSuchBucketPolicy|NoSuchServerSideEncryptionRule)$/, refusal: () => ({ kind: 'none' }) },
  { codes: /^NoSuchBucket$/, refusal: () => ({ kind: 'gone' }) },
  { codes: /^EntityNotExists?\.|^Invalid\w*(Id|Name)\.(NotFound|NotExist)$/, refusal: () => ({ kind: 'gone' }) },
];

/**
 * Codes by which single products say that they were not bought. The vendor lists them in no one place; elsewhere the same code means
 * that one thing is not there, so that each stands beside its product. A code that is missing here is a gap that shows it.
 */
const notBought: { readonly [service: string]: readonly string[] } = {
  'waf-openapi-20211001': ['InstanceNotExist'],
  'sas-20181203': ['FreeVersionNotPermit'],
};

function vendorRefusal(error: VendorRefusal, operation: AlibabaOperation, region: string): Refusal {
  if (notBought[operation.service]?.includes(error.code) === true) return limit('not-activated', operation, region);
  const meaning = meanings.find(({ codes }) => codes.test(error.code));
  if (meaning !== undefined) return meaning.refusal(error, operation, region);
  if (error.status === 429) return throttled(error, operation);
  if (error.status === 401 || error.status === 403) return denied(error, operation);
  if (error.status >= 500) return unavailable(error, operation);
  // Only a path that names one thing can say that this thing is gone.
  if (error.status === 404 && operation.path.includes('{')) return { kind: 'gone' };
  const detail = `${operation.id} was refused with a code that is not known: ${error.message}`;
  return { kind: 'gap', reason: 'unsupported', detail, retryable: false };
}

function limit(reason: 'not-in-region' | 'not-activated', operation: AlibabaOperation, region: string): Refusal {
  return { kind: 'limit', reason, subject: `${operation.service} in ${region}` };
}

function signIn(error: VendorRefusal, operation: AlibabaOperation): Refusal {
  const expired = /Expired/.test(error.code);
  const clock = /^(InvalidTimeStamp|RequestTimeTooSkewed)/.test(error.code);
  const why = clock
    ? 'the clock of this machine is too far off'
    : expired
      ? 'the credentials have expired: sign in again'
      : 'the credentials were refused: check the access key, and that it belongs to this site (mainland or international)';
  return { kind: 'gap', reason: 'denied', detail: `${operation.id}: ${why} (${error.message})`, retryable: false, signIn: true };
}

function throttled(error: VendorRefusal, operation: AlibabaOperation): Refusal {
  return {
    kind: 'gap',
    reason: 'throttled',
    detail: `${operation.id} was throttled: ${error.message}`,
    retryable: true,
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  };
}

function denied(error: VendorRefusal, operation: AlibabaOperation): Refusal {
  const permission = error.authAction ?? operation.ramAction ?? undefined;
  const grant = permission === undefined ? '' : `; grant ${permission}`;
  return {
    kind: 'gap',
    reason: 'denied',
    detail: `${operation.id} was refused: ${error.message}${grant}`,
    retryable: false,
    ...(permission !== undefined && { permission }),
  };
}

/** PAI asks twice: RAM first, then whether the caller is a member of the workspace. */
function noMembership(error: VendorRefusal, operation: AlibabaOperation): Refusal {
  const detail = `${operation.id} was refused: ${error.message}; the caller is no member of the PAI workspace: add it with a viewer's role`;
  return { kind: 'gap', reason: 'denied', detail, retryable: false };
}

function unavailable(error: VendorRefusal, operation: AlibabaOperation): Refusal {
  return {
    kind: 'gap',
    reason: 'unavailable',
    detail: `${operation.id} failed on the vendor's side: ${error.message}`,
    retryable: true,
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  };
}

function unusable({ message, status }: UnusableAnswer, operation: AlibabaOperation): Refusal {
  const atFault = status === undefined ? '' : ` (HTTP ${status})`;
  const detail = `the answer to ${operation.id} ${message}${atFault}`;
  if (status === 429) return { kind: 'gap', reason: 'throttled', detail, retryable: true };
  if (status !== undefined && status >= 500) return { kind: 'gap', reason: 'unavailable', detail, retryable: true };
  return { kind: 'gap', reason: 'malformed', detail, retryable: false };
}

const networkCodes: { readonly [code: string]: string } = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'the connection timed out',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

function networkFailure(error: unknown, operation: AlibabaOperation): Refusal {
  if (error instanceof DeadlineExceeded) {
    return { kind: 'gap', reason: 'unavailable', detail: `${operation.id}: ${error.message}`, retryable: true };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { kind: 'gap', reason: 'interrupted', detail: `${operation.id} was interrupted`, retryable: false };
  }
  if (!(error instanceof ConnectionFailed)) throw error;
  const code = error.code ?? 'no code';
  if (/CERT|SSL|TLS|SIGNATURE|ISSUER/.test(code)) {
    const detail = `${operation.id}: ${certificateSentence(code, 'the endpoint') ?? `no TLS connection came about (${code})`}`;
    return { kind: 'gap', reason: 'unavailable', detail, retryable: false };
  }
  const detail = `${operation.id}: ${networkCodes[code] ?? 'the connection failed'} (${code})`;
  return { kind: 'gap', reason: 'unavailable', detail, retryable: code !== 'ENOTFOUND' };
}
