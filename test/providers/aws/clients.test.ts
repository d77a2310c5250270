import * as bedrock from '@aws-sdk/client-bedrock';
import * as bedrockAgent from '@aws-sdk/client-bedrock-agent';
import * as ecr from '@aws-sdk/client-ecr';
import * as iam from '@aws-sdk/client-iam';
import * as sagemaker from '@aws-sdk/client-sagemaker';
import * as sts from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { operationId } from '../../../src/model/ids.ts';
import { loadOperations } from '../../../src/providers/aws/operations.ts';
import aws from '../../../src/providers/aws/provider.ts';

const packages: { readonly [name: string]: object } = {
  '@aws-sdk/client-bedrock': bedrock,
  '@aws-sdk/client-bedrock-agent': bedrockAgent,
  '@aws-sdk/client-ecr': ecr,
  '@aws-sdk/client-iam': iam,
  '@aws-sdk/client-sagemaker': sagemaker,
  '@aws-sdk/client-sts': sts,
};

test('every call of a collector, and of the login to a registry, has its command in a package that is installed', async () => {
  const operations = await loadOperations();
  const called = aws.collectors.flatMap(({ calls }) => Object.values(calls).map(({ operation }) => operation));
  const declared = [...called, operationId('ecr:GetAuthorizationToken')].map((id) => operations.get(id)!);
  for (const { id, service, command } of declared) expect(Object.keys(packages[service.package] ?? {}), id).toContain(command);
});

test('every package has exactly one client class, so that it is found by its name', () => {
  for (const [name, exports] of Object.entries(packages))
    expect(
      Object.keys(exports).filter((key) => key.endsWith('Client') && !key.startsWith('__')),
      name,
    ).toHaveLength(1);
});
