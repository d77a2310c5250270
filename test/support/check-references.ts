import { loadAnswerModels } from '../../src/checks/answer-models.ts';
import type { Catalogue, Declaration, OperationModel } from '../../src/checks/fact-model.ts';
import { loadBundledChecks, type LoadedCheck, loadPredicates } from '../../src/checks/load.ts';
import type { References } from '../../src/checks/problem.ts';
import { collectors as alibaba } from '../../src/providers/alibaba/collectors.generated.ts';
import alibabaOperations from '../../src/providers/alibaba/operations.json' with { type: 'json' };
import { collectors as aws } from '../../src/providers/aws/collectors.generated.ts';
import awsOperations from '../../src/providers/aws/operations.json' with { type: 'json' };
import { collectors as azure } from '../../src/providers/azure/collectors.generated.ts';
import azureOperations from '../../src/providers/azure/operations.json' with { type: 'json' };

/** Everything that check files may refer to, as it stands in the tree. */
export async function bundledReferences(): Promise<{
  readonly loaded: readonly LoadedCheck[];
  readonly references: References & { readonly catalogue: Catalogue };
}> {
  const { checks: loaded, frameworks } = await loadBundledChecks();
  const declarations: readonly Declaration[] = [...aws, ...azure, ...alibaba];
  // The files are the vendors' operations, generated; the collectors' conformance suite proves them.
  const operations = [awsOperations, azureOperations, alibabaOperations].flat() as unknown as readonly OperationModel[];
  const catalogue: Catalogue = {
    declarations,
    answers: await loadAnswerModels(['aws', 'azure', 'alibaba']),
    operations: new Map(operations.map((operation) => [operation.id, operation])),
  };
  return { loaded, references: { checks: loaded.map(({ check }) => check), frameworks, predicates: await loadPredicates(), catalogue } };
}
