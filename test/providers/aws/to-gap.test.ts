import { expect, test } from 'vitest';
import { operationId } from '../../../src/model/ids.ts';
import { loadOperations } from '../../../src/providers/aws/operations.ts';
import { refusalOf } from '../../../src/providers/aws/to-gap.ts';

interface Thrown {
  readonly name: string;
  readonly message?: string;
  readonly status?: number;
  readonly code?: string;
  readonly retryAfter?: string;
}

async function refusal(
  { name, message = '', status, code, retryAfter }: Thrown,
  id = 'sagemaker:DescribeNotebookInstance',
  region = 'us-east-1',
) {
  const operation = (await loadOperations()).get(operationId(id))!;
  const error = Object.assign(new Error(message), {
    name,
    ...(code !== undefined && { code }),
    $metadata: { httpStatusCode: status },
    $response: { statusCode: status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } },
  });
  return refusalOf(error, operation, region);
}

test.each<[string, Thrown, object]>([
  [
    'an explicit deny names who denies',
    {
      name: 'AccessDeniedException',
      status: 400,
      message:
        'User: arn:aws:iam::1:user/a is not authorized to perform: sagemaker:DescribeNotebookInstance on resource: x with an explicit deny in a service control policy',
    },
    {
      reason: 'denied',
      detail:
        'sagemaker:DescribeNotebookInstance was refused (AccessDeniedException, by an explicit deny in a service control policy); allow sagemaker:DescribeNotebookInstance there',
    },
  ],
  ['an unknown code with 403 is a refusal', { name: 'KMSAccessDenied', status: 403 }, { reason: 'denied', retryable: false }],
  [
    'a wait that the service names is kept',
    { name: 'TooManyRequestsException', status: 429, retryAfter: '3' },
    { reason: 'throttled', retryable: true, retryAfterMs: 3000 },
  ],
  ['a failing service is asked again', { name: 'InternalFailure', status: 500 }, { reason: 'unavailable', retryable: true }],
  ['an ended token ends the target', { name: 'ExpiredTokenException', status: 400 }, { reason: 'denied', signIn: true, retryable: false }],
  [
    'a clock that is wrong is corrected and tried again',
    { name: 'InvalidSignatureException', status: 400, message: 'Signature expired: 20260101T000000Z is now earlier than' },
    { signIn: true, retryable: true },
  ],
  ['an unknown key ends the target', { name: 'UnrecognizedClientException', status: 400 }, { signIn: true, retryable: false }],
  [
    'a rejected request is unsupported',
    { name: 'ValidationException', status: 400, message: 'bad' },
    { reason: 'unsupported', retryable: false },
  ],
  [
    'a code that nobody knows shows itself',
    { name: 'SomethingNew', status: 400 },
    { reason: 'unavailable', detail: 'sagemaker:DescribeNotebookInstance failed with SomethingNew (status 400)', retryable: false },
  ],
  [
    'a certificate that nobody trusts',
    { name: 'Error', code: 'SELF_SIGNED_CERT_IN_CHAIN' },
    { reason: 'unavailable', retryable: false, detail: expect.stringContaining('--ca-file') },
  ],
])('%s', async (_, thrown, wanted) => {
  expect(await refusal(thrown)).toMatchObject({ kind: 'gap', ...wanted });
});

test('what does not exist any more is gone, however the service says it', async () => {
  for (const thrown of [
    { name: 'ResourceNotFoundException' },
    { name: 'NoSuchEntity' },
    { name: 'ValidationException', message: 'RecordNotFound' },
  ])
    expect(await refusal(thrown)).toEqual({ kind: 'gone' });
});

test('where a service answers "not set" by an error, it is not set', async () => {
  expect(await refusal({ name: 'RepositoryPolicyNotFoundException' }, 'ecr:GetRepositoryPolicy')).toEqual({ kind: 'none' });
});

test('a region that must be enabled first, and is not, is a limit; the same error elsewhere is a refusal', async () => {
  const thrown = { name: 'UnrecognizedClientException', status: 400 };
  expect(await refusal(thrown, 'sagemaker:ListModels', 'af-south-1')).toEqual({
    kind: 'limit',
    reason: 'not-activated',
    subject: 'sagemaker in af-south-1',
  });
  expect(await refusal(thrown, 'sagemaker:ListModels', 'eu-west-1')).toMatchObject({ kind: 'gap', signIn: true });
});

test('a call that is not in the region is a limit of that call', async () => {
  const thrown = { name: 'ValidationException', message: 'Flows are not supported in this region.' };
  expect(await refusal(thrown, 'bedrock-agent:ListFlows')).toEqual({
    kind: 'limit',
    reason: 'not-in-region',
    subject: 'bedrock-agent:ListFlows in us-east-1',
  });
});

test('the sentence of a refusal repeats nothing of the answer but its code and its action', async () => {
  const message = 'User: arn:aws:iam::1:user/mallory is not authorized to perform: sagemaker:X with <b>secret</b>';
  expect(JSON.stringify(await refusal({ name: 'AccessDeniedException', message }))).not.toMatch(/mallory|<b>/);
});
