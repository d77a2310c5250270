import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Loopback } from '../../src/demo/loopback.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { readAws, recordedAnswers, startTestAws, testAccount, testEnvironment } from '../support/read-aws.ts';

let cloud: Loopback;
beforeAll(async () => {
  cloud = await startTestAws({ answers: await recordedAnswers('demo/aws') });
});
afterAll(() => cloud.close());

const target = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'SageMaker.ListNotebookInstances' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const signed = (accessKeyId: string) =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/sagemaker/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

describe('the AWS double turns away', () => {
  const post = async (headers: { readonly [name: string]: string }, body = '{}') => {
    const response = await fetch(cloud.origin, { method: 'POST', headers, body });
    return { status: response.status, text: await response.text() };
  };

  test('who does not sign', async () => {
    expect(await post(target)).toEqual({
      status: 400,
      text: '{"__type":"MissingAuthenticationToken","message":"Request is missing Authentication Token"}',
    });
    const { status, text } = await post(form, 'Action=GetRole&Version=2010-05-08&RoleName=r');
    expect(status).toBe(403);
    expect(text).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  test('whom it does not know', async () => {
    expect((await post({ ...target, authorization: signed('nobody') })).text).toContain('UnrecognizedClientException');
    expect((await post({ ...form, authorization: signed('nobody') }, 'Action=GetRole')).text).toContain(
      '<Code>InvalidClientTokenId</Code>',
    );
  });

  test('a signature that is not its own', async () => {
    expect((await post({ ...target, authorization: signed(testAccount.accessKeyId) })).text).toContain('InvalidSignatureException');
  });

  test('none of them counts as a call', () => expect(cloud.calls).toEqual([]));
});

describe('the AWS estate of the demo', () => {
  let inventory: Inventory;
  beforeAll(async () => {
    inventory = await readAws({ origin: cloud.origin, regions: ['us-east-1', 'eu-west-1'] });
  });

  test('answers every call that is made', () => expect(cloud.unanswered).toEqual([]));

  test('holds every kind of asset', () => {
    expect(inventory.assets).toHaveLength(14);
    expect([...new Set(inventory.assets.map(({ type }) => type))].toSorted()).toEqual([
      'aws.bedrock-agent.agent',
      'aws.bedrock.account-settings',
      'aws.bedrock.guardrail',
      'aws.iam.role',
      'aws.sagemaker.model',
      'aws.sagemaker.notebook-instance',
      'aws.sagemaker.notebook-lifecycle-config',
    ]);
  });

  test('has one gap to show, one limit and one key', () => {
    expect(inventory.gaps).toMatchObject([{ scope: 'aws/111122223333/eu-west-1', call: 'bedrock-agent:ListAgents', reason: 'denied' }]);
    expect(inventory.limits).toMatchObject([{ subject: 'bedrock-agent:ListFlows in eu-west-1', reason: 'not-in-region' }]);
    expect(inventory.secrets).toMatchObject([{ detector: 'openai.project-key', at: { variable: 'OPENAI_API_KEY' } }]);
  });

  test('reads the same from one run to the next', async () => {
    const again = await readAws({ origin: cloud.origin, regions: ['us-east-1', 'eu-west-1'], env: { ...testEnvironment } });
    expect(JSON.stringify(again)).toBe(JSON.stringify(inventory));
  });
});
