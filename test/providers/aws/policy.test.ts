import { expect, test } from 'vitest';
import { operationId } from '../../../src/model/ids.ts';
import aws from '../../../src/providers/aws/provider.ts';

test('the policy names the actions of the declared calls, each with the mark of its source, and no wildcard', async () => {
  const operations = await aws.operations();
  const declared = aws.collectors.flatMap(({ calls }) => Object.values(calls).map(({ operation }) => operation));
  const { document, actions } = aws.policy([...new Set(declared)].map((id) => operations.get(id)!));
  const names = [
    'bedrock:GetAgent',
    'bedrock:GetGuardrail',
    'bedrock:GetModelInvocationLoggingConfiguration',
    'bedrock:ListAgents',
    'bedrock:ListCustomModels',
    'bedrock:ListFlows',
    'bedrock:ListGuardrails',
    'iam:GetPolicy',
    'iam:GetPolicyVersion',
    'iam:GetRole',
    'iam:GetRolePolicy',
    'iam:ListAttachedRolePolicies',
    'iam:ListRolePolicies',
    'sagemaker:DescribeModel',
    'sagemaker:DescribeNotebookInstance',
    'sagemaker:DescribeNotebookInstanceLifecycleConfig',
    'sagemaker:ListModels',
    'sagemaker:ListNotebookInstanceLifecycleConfigs',
    'sagemaker:ListNotebookInstances',
  ];
  expect(document).toEqual({
    Version: '2012-10-17',
    Statement: [{ Sid: 'AispmRead', Effect: 'Allow', Action: names, Resource: '*' }],
  });
  expect(actions.find(({ action }) => action === 'bedrock:GetAgent')).toEqual({
    action: 'bedrock:GetAgent',
    evidence: 'listed-same-name',
    operations: ['bedrock-agent:GetAgent'],
  });
});

test('an operation that needs no permission adds none', async () => {
  const operation = (await aws.operations()).get(operationId('sts:GetCallerIdentity'))!;
  expect(aws.policy([operation]).actions).toEqual([]);
});
