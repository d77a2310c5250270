import { certificateSentence, networkCode } from '../../http/network-error.ts';
import type { Refusal } from '../provider.ts';
import { ArmError, type ArmProblem } from './arm-error.ts';
import { type ArmOperation, resourceProvider } from './arm-operation.ts';

type HttpProblem = Extract<ArmProblem, { readonly kind: 'http' }>;

/**
 * What a failed call means. Codes: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
 * and https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling.
 * What is not known here is a gap that shows the code.
 */
export function toGap(error: unknown, operation: ArmOperation): Refusal {
  const problem = problemOf(error);
  switch (problem.kind) {
    case 'http':
      return fromHttp(problem, operation);
    case 'malformed':
      return gap('malformed', `${operation.id} was answered with ${problem.what}`);
    case 'network':
      return fromNetwork(problem, operation);
    case 'timeout':
      return gap('unavailable', `${operation.id} was not answered within ${problem.timeoutMs / 1000} s`, true);
    case 'interrupted':
      return gap('interrupted', `${operation.id} was interrupted`);
    case 'sign-in':
      return { ...gap('denied', problem.detail), signIn: true };
  }
}

// The clients ask for a token in the middle of a call; what the sign-in library throws then reaches here as it is.
function problemOf(error: unknown): ArmProblem {
  if (error instanceof ArmError) return error.problem;
  const name = error instanceof Error ? error.name : '';
  if (name === 'AuthenticationError' || name === 'AuthenticationRequiredError' || name === 'CredentialUnavailableError')
    return { kind: 'sign-in', detail: 'the credentials gave no new token: sign in again' };
  const code = networkCode(error);
  if (code !== undefined) return { kind: 'network', code, host: 'Azure Resource Manager' };
  // Not a refusal but a defect of this program: it must be seen as one.
  throw error;
}

function fromHttp(problem: HttpProblem, operation: ArmOperation): Refusal {
  const { status } = problem;
  const code = problem.code ?? '';
  if (status === 429 || code === 'TooManyRequests' || code === 'SubscriptionRequestsThrottled') return throttled(problem, operation);
  if (status === 401 || isOneOf(code, tokenCodes))
    return { ...gap('denied', `Azure does not accept the token (${code || status}): sign in again`), signIn: true };
  if (isOneOf(code, notRegisteredCodes)) return { kind: 'limit', reason: 'not-activated', subject: resourceProvider(operation) };
  if (isOneOf(code, subscriptionCodes))
    return {
      ...gap('denied', `the subscription is not there for these credentials (${code})`),
      signIn: true,
    };
  if (isOneOf(code, locationCodes)) return fromLocation(problem, operation);
  if (isOneOf(code, versionCodes))
    return gap('unsupported', `${operation.id} is not offered in API version ${operation.apiVersion} here (${code})`);
  if (status === 404 && isOneOf(code, goneCodes)) return { kind: 'gone' };
  if (status === 403) return denied(problem, operation);
  if (status >= 500 || status === 408)
    return { ...gap('unavailable', `${operation.id} failed (${reason(problem)})`, true), ...retryAfter(problem) };
  return gap('unavailable', `${operation.id} failed (${reason(problem)})`);
}

const tokenCodes = ['InvalidAuthenticationToken', 'ExpiredAuthenticationToken', 'AuthenticationFailed', 'InvalidAuthenticationTokenTenant'];
const notRegisteredCodes = ['MissingSubscriptionRegistration', 'SubscriptionNotRegistered'];
const subscriptionCodes = ['SubscriptionNotFound', 'InvalidSubscriptionId'];
const locationCodes = ['NoRegisteredProviderFound', 'LocationNotAvailableForResourceType'];
const versionCodes = ['InvalidApiVersionParameter', 'UnsupportedApiVersion', 'InvalidResourceType'];
const goneCodes = ['ResourceNotFound', 'ResourceGroupNotFound', 'ParentResourceNotFound', 'NotFound'];

function isOneOf(code: string, codes: readonly string[]): boolean {
  return codes.some((known) => known.toLowerCase() === code.toLowerCase());
}

function throttled(problem: HttpProblem, operation: ArmOperation): Refusal {
  return { ...gap('throttled', `Azure throttled ${operation.id}`, true), ...retryAfter(problem) };
}

function denied(problem: HttpProblem, operation: ArmOperation): Refusal {
  const named = /perform action '([A-Za-z0-9./*]+)'/.exec(problem.message ?? '')?.[1];
  const permission = named ?? operation.armAction;
  const grant = permission === undefined ? '' : `: grant ${permission}`;
  return {
    ...gap('denied', `${operation.id} was refused (${reason(problem)})${grant}`),
    ...(permission !== undefined && { permission }),
  };
}

/**
 * One code says two things: the product is not in the location, or it is and the API version is not. The second is nothing that
 * is not there: it was not read. The message tells them apart by the versions that it lists.
 */
function fromLocation({ code, message = '' }: HttpProblem, operation: ArmOperation): Refusal {
  const location = /for location '([^']+)'/.exec(message)?.[1];
  const versions = listed(message, 'api-versions');
  const locations = listed(message, 'locations');
  const isThere = location === undefined ? versions.length > 0 : locations.includes(plainLocation(location));
  const { apiVersion } = operation;
  if (isThere && apiVersion !== undefined && !versions.includes(apiVersion))
    return gap('unsupported', `${operation.id} is not offered in API version ${apiVersion} here (${code})`);
  return { kind: 'limit', reason: 'not-in-region', subject: operation.armType ?? resourceProvider(operation) };
}

function listed(message: string, what: string): readonly string[] {
  const list = new RegExp(`supported ${what} are '([^']*)'`).exec(message)?.[1] ?? '';
  return list
    .split(',')
    .map(plainLocation)
    .filter((item) => item !== '');
}

/** `West Europe` and `westeurope` are one location: Azure writes both. */
export function plainLocation(name: string): string {
  return name.toLowerCase().replaceAll(' ', '');
}

function fromNetwork({ code, host }: Extract<ArmProblem, { readonly kind: 'network' }>, operation: ArmOperation): Refusal {
  const certificate = certificateSentence(code, host);
  if (certificate !== undefined) return gap('unavailable', certificate);
  // A name that does not exist and a port that nobody listens on do not heal within seconds.
  const retryable = code !== 'ENOTFOUND' && code !== 'ECONNREFUSED';
  return gap('unavailable', `${host} could not be reached for ${operation.id} (${code})`, retryable);
}

function reason({ status, code }: HttpProblem): string {
  return code === undefined ? `status ${status}` : `${code}, status ${status}`;
}

function retryAfter({ retryAfterMs }: HttpProblem): { readonly retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

function gap(reason: Extract<Refusal, { kind: 'gap' }>['reason'], detail: string, retryable = false) {
  return { kind: 'gap', reason, detail, retryable } as const;
}
