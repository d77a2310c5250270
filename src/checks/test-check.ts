import { examplesOf } from './document.ts';
import { type ExampleFailure, failingExamples } from './examples.ts';
import type { LoadedCheck } from './load.ts';
import { unnoticedMutants } from './mutate.ts';
import { type Problem, problemsOf, type References } from './validate.ts';

/** What `checks test` found out about one check. Nothing anywhere: the check may be relied on. */
export interface CheckTest {
  readonly problems: readonly (Problem & { readonly line?: number })[];
  readonly examples: readonly ExampleFailure[];
  /** Changes of the check that no example notices: `expect.absent: false → true`. */
  readonly mutants: readonly string[];
}

/** Validates, runs the examples, and tries the mutants. A check that is not valid is not run. */
export function testCheck(one: LoadedCheck, references: References): CheckTest {
  const { check, document } = one;
  const problems = problemsOf(check, document, references).map((problem) => {
    const line = one.lineOf?.(pointerOf(problem.where));
    return { ...problem, ...(line !== undefined && { line }) };
  });
  if (problems.length > 0) return { problems, examples: [], mutants: [] };
  const library = { checks: references.checks, predicates: references.predicates, policy: {} };
  const examples = examplesOf(document);
  const failing = failingExamples(check, examples, library);
  // Mutants of a check whose examples fail would prove nothing.
  const mutants = failing.length > 0 ? [] : unnoticedMutants(check, examples, library).map(({ change }) => change);
  return { problems, examples: failing, mutants };
}

/** `steps[0].run` → `/steps/0/run` */
export function pointerOf(where: string): string {
  return `/${where.replaceAll(/\[(\d+)\]/g, '.$1').replaceAll('.', '/')}`;
}
