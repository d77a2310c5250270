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
