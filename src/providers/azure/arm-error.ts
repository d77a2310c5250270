/** What kept an answer of Azure from being one, before it is known what that means for the scan (to-gap.ts). */
export type ArmProblem =
  /** The service answered with an error. `code` and `message` are its own, where it sent any. */
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      readonly retryAfterMs?: number;
    }
  /** Something answered that is no answer of Azure Resource Manager. */
  | { readonly kind: 'malformed'; readonly what: string }
  /** No answer: `code` is Node's (`ECONNRESET`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`). */
  | { readonly kind: 'network'; readonly code: string; readonly host: string }
  | { readonly kind: 'timeout'; readonly timeoutMs: number }
  | { readonly kind: 'interrupted' }
  /** No token: the sentence is ours. */
  | { readonly kind: 'sign-in'; readonly detail: string };

export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly problem: ArmProblem;

  constructor(problem: ArmProblem, options?: { readonly cause: unknown }) {
    super(problem.kind === 'http' ? `http ${problem.status} ${problem.code ?? ''}` : problem.kind, options);
    this.problem = problem;
  }
}

// Node's names for a certificate that cannot be trusted: https://nodejs.org/api/tls.html#x509-certificate-error-codes
const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH/;

/** A sentence where a certificate is the reason, `undefined` where something else is. */
export function certificateSentence(code: string, host: string): string | undefined {
  if (!certificateCodes.test(code)) return undefined;
  return `the certificate of ${host} is not trusted (${code}): pass the authority that signed it with --ca-file, or set NODE_EXTRA_CA_CERTS`;
}

/** Node's error code, looked for along the chain of causes, or `undefined`. */
export function networkCode(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(at.code)) return at.code;
  }
  return undefined;
}
