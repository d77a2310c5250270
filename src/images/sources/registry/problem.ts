import type { GapReason } from '../../../model/gap.ts';
import { certificateSentence } from '../../../http/network-error.ts';
import type { ImageGap } from '../../image.ts';

/** What kept a registry's answer from being one. */
export type RegistryProblem =
  /**
   * `code`: the registry's own, of the distribution specification (`MANIFEST_UNKNOWN`). `isRedirected`: a host that it sent us to.
   * `isEndedLogin`: it says that the login has ended. `isWithoutLogin`: none was sent.
   */
  | {
      readonly kind: 'http';
      readonly host: string;
      readonly status: number;
      readonly code?: string;
      readonly retryAfterMs?: number;
      readonly isRedirected?: true;
      readonly isEndedLogin?: true;
      readonly isWithoutLogin?: true;
    }
  /** `code` is Node's (`ECONNRESET`). */
  | { readonly kind: 'network'; readonly host: string; readonly code: string }
  /** `isUnconnected`: not even the connection came about. */
  | { readonly kind: 'too-slow'; readonly host: string; readonly what: string; readonly isUnconnected?: true }
  /** A proxy in between gave no tunnel. */
  | { readonly kind: 'proxy'; readonly host: string; readonly status: number }
  /** Nothing of the registry ever answered; asking again would only take time. `why` is the last of the reasons. */
  | { readonly kind: 'no-contact'; readonly why: UnmadeContact; readonly advice?: string }
  /** An address that is not gone to: the sentence says why. */
  | { readonly kind: 'refused-target'; readonly detail: string }
  | { readonly kind: 'sign-in'; readonly detail: string }
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'too-large'; readonly detail: string }
  | { readonly kind: 'unsupported'; readonly detail: string }
  | { readonly kind: 'interrupted' };

/** A connection that never came about. */
export type UnmadeContact = Extract<RegistryProblem, { readonly kind: 'network' | 'too-slow' | 'proxy' }>;

export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly problem: RegistryProblem;

  constructor(problem: RegistryProblem, options?: { readonly cause?: unknown }) {
    super(problem.kind === 'http' ? `http ${problem.status}` : problem.kind, options);
    this.problem = problem;
  }
}

/** What a registry did. Throws again what is none of its doing. */
export function problemOf(error: unknown): RegistryProblem {
  if (error instanceof RegistryError) return error.problem;
  throw error;
}

/** Worth another try: the same request may be answered later. */
export function isPassing(problem: RegistryProblem): boolean {
  if (problem.kind === 'network') return certificateSentence(problem.code, problem.host) === undefined && !lasting.has(problem.code);
  if (problem.kind === 'proxy') return problem.status >= 500;
  if (problem.kind === 'http') return problem.status === 408 || problem.status === 429 || problem.status >= 500;
  return problem.kind === 'too-slow';
}

/** The problem, if it is one of reaching the host at all: it says nothing about what was asked for. */
export function unmadeContact(problem: RegistryProblem): UnmadeContact | undefined {
  if (problem.kind === 'proxy') return problem;
  if (problem.kind === 'too-slow') return problem.isUnconnected === true ? problem : undefined;
  return problem.kind === 'network' && unreachable.has(problem.code) ? problem : undefined;
}

const unreachable = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'ENOTFOUND']);

const lasting = new Set(['ENOTFOUND', 'EPROTO', 'HPE_INVALID_CONSTANT', 'ERR_INVALID_URL']);

/** A sentence about `subject` (a tag, a digest, a repository). It holds no address beyond hosts: signed ones are secrets. */
export function gapOf(problem: RegistryProblem, subject: string): ImageGap {
  return { reason: reasonOf(problem), subject, detail: sentenceOf(problem) };
}

function reasonOf(problem: RegistryProblem): GapReason {
  switch (problem.kind) {
    case 'http':
      if (problem.status === 429) return 'throttled';
      return [401, 403, 407].includes(problem.status) ? 'denied' : 'unavailable';
    case 'proxy':
      return problem.status === 407 || problem.status === 403 ? 'denied' : 'unavailable';
    case 'network':
    case 'too-slow':
      return 'unavailable';
    case 'no-contact':
      return reasonOf(problem.why);
    case 'refused-target':
    case 'sign-in':
      return 'denied';
    case 'malformed':
    case 'too-large':
    case 'unsupported':
    case 'interrupted':
      return problem.kind;
  }
}

function sentenceOf(problem: RegistryProblem): string {
  switch (problem.kind) {
    case 'http':
      return httpSentence(problem);
    case 'network':
      return certificateSentence(problem.code, problem.host) ?? networkSentence(problem);
    case 'too-slow':
      return `${problem.host} ${problem.what}`;
    case 'proxy':
      return problem.status === 407 ? proxyLogin(problem.host) : `the proxy gives no connection to ${problem.host} (${problem.status})`;
    case 'no-contact':
      return `${sentenceOf(problem.why)}${problem.advice === undefined ? '' : `: ${problem.advice}`}`;
    case 'interrupted':
      return 'the run was interrupted before this was read';
    case 'refused-target':
    case 'sign-in':
    case 'malformed':
    case 'too-large':
    case 'unsupported':
      return problem.detail;
  }
}

/** Node's codes of its HTTP parser all begin alike. */
const networkSentence = ({ host, code }: Extract<RegistryProblem, { readonly kind: 'network' }>): string =>
  code.startsWith('HPE_') ? `${host} answered with something that is no HTTP (${code})` : `${host} could not be reached (${code})`;

const proxyLogin = (host: string): string =>
  `the proxy on the way to ${host} asks for a login (407): put user and password into HTTPS_PROXY or HTTP_PROXY`;

function httpSentence({
  host,
  status,
  code,
  retryAfterMs,
  isEndedLogin,
  isWithoutLogin,
}: Extract<RegistryProblem, { readonly kind: 'http' }>): string {
  const named = code === undefined ? `${status}` : `${status} ${code}`;
  if (status === 401) return `${host} asks for a login (${named}): sign in with "docker login ${host}"`;
  if (isEndedLogin === true) return `${host} says that the login has ended (${named}): sign in again`;
  if (isWithoutLogin === true) return `${host} refuses the read (${named}): no login was sent; sign in with "docker login ${host}"`;
  if (status === 403) return `${host} refuses the read (${named}): the login lacks the right to pull`;
  if (status === 407) return proxyLogin(host);
  if (status === 404) return `${host} does not have it (${named})`;
  if (status === 429) {
    const wait = retryAfterMs === undefined ? '' : `; it says to wait ${waitInWords(retryAfterMs)}`;
    return `${host} limits the rate of pulls (${named})${wait}`;
  }
  return `${host} answered ${named}`;
}

function waitInWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 7200) return `${seconds} s`;
  const hours = Math.ceil(seconds / 3600);
  return hours < 48 ? `${hours} hours` : `${Math.ceil(hours / 24)} days`;
}
