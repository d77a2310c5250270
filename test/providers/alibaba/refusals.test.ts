import { afterEach, describe, expect, it } from 'vitest';
import type { RecordedAnswer, VendorError } from '../../../src/demo/answers.ts';
import type { Fault, Loopback } from '../../../src/demo/loopback.ts';
import { attempt, open } from './connect.ts';

const doubles: Loopback[] = [];
afterEach(async () => {
  await Promise.all(doubles.splice(0).map((double) => double.close()));
});

const list = 'ecs-20140526:DescribeInstances';
const describeService = 'eas-20210701:DescribeService';
const service = { ClusterId: 'cn-hangzhou', ServiceName: 'chat' };

async function outcomeOf(
  answer: Omit<RecordedAnswer, 'operation'> | undefined,
  options: { readonly id?: string; readonly fault?: Fault; readonly timeoutMs?: number; readonly region?: string } = {},
) {
  const { id = list, fault, timeoutMs = 5000, region = 'cn-hangzhou' } = options;
  const { double, connection } = await open({
    answers: answer === undefined ? [] : [{ operation: id, ...answer }],
    faults: (call) => (call.operation === id ? fault : undefined),
    connect: { timeoutMs },
  });
  doubles.push(double);
  return attempt(connection, id, id === describeService ? service : {}, region);
}

const refusedWith = (error: VendorError, id?: string) => outcomeOf({ error }, id === undefined ? {} : { id });

describe('a refusal of Alibaba Cloud', () => {
  it('names the action to grant, and prints neither message nor diagnostic', async () => {
    expect(await outcomeOf(undefined, { fault: 'refused' })).toEqual({
      refusal: {
        kind: 'gap',
        reason: 'denied',
        detail: 'ecs-20140526:DescribeInstances was refused: Forbidden.RAM (HTTP 403); grant ecs:DescribeInstances',
        permission: 'ecs:DescribeInstances',
        retryable: false,
      },
    });
  });

  it('for missing membership of a PAI workspace is told from a missing permission', async () => {
    const { refusal } = (await refusedWith({ status: 403, code: 'NoPermissionError', message: 'no' }, describeService)) as {
      refusal: object;
    };
    expect(refusal).toEqual({
      kind: 'gap',
      reason: 'denied',
      detail:
        "eas-20210701:DescribeService was refused: NoPermissionError (HTTP 403); the caller is no member of the PAI workspace: add it with a viewer's role",
      retryable: false,
    });
  });

  it.each(['Throttling.User', 'Throttling', 'Throttling.Api'])('%s is throttled, and may be tried again', async (code) => {
    const outcome = await refusedWith({ status: 400, code, message: 'slow down' });
    expect(outcome).toMatchObject({ refusal: { kind: 'gap', reason: 'throttled', retryable: true } });
  });

  it.each([
    [{ status: 503, code: 'ServiceUnavailable', message: '' }],
    [{ status: 500, code: 'InternalError', message: '' }],
    [{ status: 502, code: 'Whatever', message: '' }],
  ])('%o is unavailable, and may be tried again', async (error) => {
    expect(await refusedWith(error)).toMatchObject({ refusal: { kind: 'gap', reason: 'unavailable', retryable: true } });
  });

  it.each([
    ['InvalidApi.NotFound', 'not-in-region'],
    ['InvalidAction.NotFound', 'not-in-region'],
    ['UnsupportedRegion', 'not-in-region'],
    ['InvalidRegionId.NotFound', 'not-in-region'],
    ['ServiceNotOpen', 'not-activated'],
  ])('%s is a limit: %s', async (code, reason) => {
    expect(await refusedWith({ status: 404, code, message: '' })).toEqual({
      refusal: { kind: 'limit', reason, subject: 'ecs-20140526 in cn-hangzhou' },
    });
  });

  it.each([
    ['InstanceNotExist', 'WAF', 'waf-openapi-20211001:DescribeDefenseTemplates'],
    ['FreeVersionNotPermit', 'Security Center', 'sas-20181203:ListAgentlessTask'],
  ])('%s means "not bought" for %s alone', async (code, _, operation) => {
    const error = { status: 400, code, message: '' };
    expect(await refusedWith(error, operation)).toMatchObject({ refusal: { kind: 'limit', reason: 'not-activated' } });
    expect(await refusedWith(error)).toMatchObject({ refusal: { kind: 'gap', reason: 'unsupported' } });
  });

  it('a key of KMS that is not there is gone, and no denial', async () => {
    const error = { status: 404, code: 'Forbidden.KeyNotFound', message: '' };
    expect(await refusedWith(error, 'kms-20160120:DescribeKey')).toEqual({ refusal: { kind: 'gone' } });
  });

  it('of a code that nobody listed is a gap that shows the code', async () => {
    expect(await refusedWith({ status: 400, code: 'Brand.New', message: 'something' })).toEqual({
      refusal: {
        kind: 'gap',
        reason: 'unsupported',
        detail: 'ecs-20140526:DescribeInstances was refused with a code that is not known: Brand.New (HTTP 400)',
        retryable: false,
      },
    });
  });

  it('with a hostile code shows nothing of it', async () => {
    const outcome = await refusedWith({ status: 400, code: '\u001b[31mred\n', message: '' });
    expect(JSON.stringify(outcome)).not.toContain('red');
  });

  it('inside a success is a refusal all the same', async () => {
    const id = 'eflo-controller-20221215:ListClusters';
    expect(await outcomeOf({ answer: { Code: 1004, Message: 'no', Clusters: [] } }, { id })).toMatchObject({
      refusal: { kind: 'gap', detail: expect.stringContaining('1004 (HTTP 200)') },
    });
    expect(await outcomeOf({ answer: { success: false, Clusters: [] } }, { id })).toMatchObject({ refusal: { kind: 'gap' } });
    expect(await outcomeOf({ answer: { Code: 0, success: true, Clusters: [] } }, { id })).toMatchObject({ answer: { Clusters: [] } });
  });

  it('for one thing that is not there any more is no gap', async () => {
    expect(await refusedWith({ status: 404, code: 'InvalidSecurityGroupId.NotFound', message: '' })).toEqual({ refusal: { kind: 'gone' } });
    expect(await refusedWith({ status: 404, code: 'EntityNotExist.Role', message: '' })).toEqual({ refusal: { kind: 'gone' } });
    expect(await refusedWith({ status: 404, code: 'Unheard.Of', message: '' }, describeService)).toEqual({ refusal: { kind: 'gone' } });
  });

  it('of the credentials ends all further calls', async () => {
    const { refusal } = (await refusedWith({ status: 400, code: 'InvalidSecurityToken.Expired', message: '' })) as { refusal: object };
    expect(refusal).toMatchObject({ kind: 'gap', reason: 'denied', signIn: true, detail: expect.stringContaining('have expired') });
  });
});

describe('an answer of Alibaba Cloud that cannot be used', () => {
  it.each([
    [
      'html502',
      { reason: 'unavailable', retryable: true, detail: 'the answer to ecs-20140526:DescribeInstances is a page, not JSON (HTTP 502)' },
    ],
    ['empty', { reason: 'malformed', retryable: false, detail: 'the answer to ecs-20140526:DescribeInstances is empty (HTTP 200)' }],
    [
      'truncated',
      { reason: 'malformed', retryable: false, detail: 'the answer to ecs-20140526:DescribeInstances is cut or is no JSON (HTTP 200)' },
    ],
    ['reset', { reason: 'unavailable', retryable: true, detail: 'ecs-20140526:DescribeInstances: the connection was cut (ECONNRESET)' }],
  ] as const)('(%s) is a gap with its own sentence', async (fault, refusal) => {
    const answer = { answer: { Instances: { Instance: [] }, NextToken: '' } };
    expect(await outcomeOf(answer, { fault })).toEqual({ refusal: { kind: 'gap', ...refusal } });
  });

  it.each(['timeout', 'drip'] as const)('(%s) is given up at the deadline', async (fault) => {
    const startedAt = performance.now();
    const outcome = await outcomeOf({ answer: { Instances: { Instance: [] }, NextToken: '' } }, { fault, timeoutMs: 400 });
    expect(outcome).toEqual({
      refusal: {
        kind: 'gap',
        reason: 'unavailable',
        detail: 'ecs-20140526:DescribeInstances: no complete answer within 400 ms',
        retryable: true,
      },
    });
    expect(performance.now() - startedAt).toBeLessThan(2500);
  });

  it('is not asked for where the product does not exist', async () => {
    const id = 'eflo-controller-20221215:ListClusters';
    expect(await outcomeOf(undefined, { id, region: 'us-west-1' })).toEqual({
      refusal: { kind: 'limit', reason: 'not-in-region', subject: 'eflo-controller-20221215 in us-west-1' },
    });
  });
});
