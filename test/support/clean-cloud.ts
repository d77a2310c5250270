import type { RecordedAnswer } from '../../src/demo/answers.ts';
import type { ProviderName } from '../../src/model/ids.ts';

/** An AWS account of the demo's estate whose one notebook is as it should be, and clouds beside it that hold nothing. */
export function cleanCloud(provider: ProviderName, demo: readonly RecordedAnswer[]): readonly RecordedAnswer[] {
  if (provider !== 'aws') return [];
  const notebooks = demo.filter(({ operation }) => operation === 'sagemaker:ListNotebookInstances');
  const good = notebooks.find(({ answer }) => JSON.stringify(answer).includes('claims-model'));
  return [
    { operation: 'sagemaker:ListNotebookInstances', region: 'us-east-1', answer: good?.answer ?? {} },
    ...demo.filter(({ operation }) => /:(Describe|Get)|^iam:/.test(operation)),
    ...Object.entries(emptyListings).map(([operation, list]) => ({ operation, answer: { [list]: [] } })),
  ];
}

const emptyListings: { readonly [operation: string]: string } = {
  'sagemaker:ListModels': 'Models',
  'sagemaker:ListNotebookInstances': 'NotebookInstances',
  'sagemaker:ListNotebookInstanceLifecycleConfigs': 'NotebookInstanceLifecycleConfigs',
  'bedrock-agent:ListAgents': 'agentSummaries',
  'bedrock-agent:ListFlows': 'flowSummaries',
  'bedrock:ListGuardrails': 'guardrails',
  'bedrock:ListCustomModels': 'modelSummaries',
};
