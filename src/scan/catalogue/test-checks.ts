import { loadAnswerModels } from '../../checks/answer-models.ts';
import { examplesOf } from '../../checks/document.ts';
import { failingExamples } from '../../checks/examples.ts';
import type { LoadedCheck } from '../../checks/load.ts';
import { unnoticedMutants } from '../../checks/mutate.ts';
import { predicates } from '../../checks/predicates.generated.ts';
import type { References } from '../../checks/problem.ts';
import { problemsOf } from '../../checks/validate.ts';
import { providerNames } from '../../model/ids.ts';
import { loadEveryProvider } from '../every-provider.ts';
import type { Catalogue } from './catalogue.ts';

/** What came of one check's tests; a check without complaints passed. */
export interface CheckTest {
  readonly id: string;
  readonly file?: string;
  readonly examples: number;
  readonly complaints: readonly string[];
}

/** Runs the examples of checks and proves what they read, name and undo. */
export async function testChecks(
  tested: readonly LoadedCheck[],
  catalogue: Pick<Catalogue, 'checks' | 'frameworks'>,
): Promise<readonly CheckTest[]> {
  const references = await referencesOf(catalogue);
  const library = { checks: catalogue.checks, predicates, policy: {} };
  return tested.map(({ check, document, file }) => {
    const examples = examplesOf(document);
    const problems = problemsOf(check, document, references).map(({ where, text }) => `${where}: ${text}`);
    // A check that cannot be compiled has no examples to run.
    const complaints =
      problems.length > 0 ? problems : [...examplesThatFail(check, examples, library), ...mutantsUnnoticed(check, examples, library)];
    return { id: check.id, ...(file !== undefined && { file }), examples: examples.length, complaints };
  });
}

type Args = Parameters<typeof failingExamples>;

function examplesThatFail(check: Args[0], examples: Args[1], library: Args[2]): readonly string[] {
  return failingExamples(check, examples, library).map(({ label, expected, verdict, elements }) => {
    const found = elements === undefined ? verdict.status : `${verdict.status} for [${elements.join(', ')}]`;
    return `example ${label}: wanted ${expected}, got ${found}`;
  });
}

function mutantsUnnoticed(check: Args[0], examples: Args[1], library: Args[2]): readonly string[] {
  return unnoticedMutants(check, examples, library).map(({ change }) => `no example notices this change: ${change}`);
}

async function referencesOf({ checks, frameworks }: Pick<Catalogue, 'checks' | 'frameworks'>): Promise<References> {
  const loaded = await loadEveryProvider();
  const operations = await Promise.all(loaded.map((provider) => provider.operations()));
  return {
    checks,
    frameworks,
    predicates,
    catalogue: {
      declarations: loaded.flatMap(({ collectors }) => collectors),
      answers: await loadAnswerModels(providerNames),
      operations: new Map(operations.flatMap((known) => [...known])),
    },
  };
}
