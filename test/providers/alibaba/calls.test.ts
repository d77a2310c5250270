import { afterEach, describe, expect, it } from 'vitest';
import type { Loopback } from '../../../src/demo/loopback.ts';
import { attempt, open } from './connect.ts';

const doubles: Loopback[] = [];
afterEach(async () => {
  await Promise.all(doubles.splice(0).map((double) => double.close()));
});

async function opened(...args: Parameters<typeof open>): ReturnType<typeof open> {
  const both = await open(...args);
  doubles.push(both.double);
  return both;
}

describe('calls of Alibaba Cloud', () => {
  it('are signed for RPC, with the region and the page size that the operation takes', async () => {
    const { double, connection } = await opened({
      answers: [{ operation: 'ecs-20140526:DescribeInstances', answer: { Instances: { Instance: [] } } }],
    });
    const outcome = await attempt(connection, 'ecs-20140526:DescribeInstances', { Tag: [{ Key: "it's (a) *!", Value: 'ü +~/' }] });
    expect(outcome).toEqual({ answer: { Instances: { Instance: [] } } });
    expect(double.calls.at(-1)).toEqual({
      operation: 'ecs-20140526:DescribeInstances',
      account: '1234567890123456',
      region: 'cn-hangzhou',
      params: { RegionId: 'cn-hangzhou', MaxResults: '100', 'Tag.1.Key': "it's (a) *!", 'Tag.1.Value': 'ü +~/' },
    });
  });

  it('are signed for ROA, with path parameters that need every rule of RFC 3986', async () => {
    const name = "o'brien (prod)*! /ü";
    const { double, connection } = await opened({
      answers: [{ operation: 'eas-20210701:DescribeService', when: { ServiceName: name }, answer: { ServiceName: name } }],
    });
    const outcome = await attempt(connection, 'eas-20210701:DescribeService', { ClusterId: 'cn-hangzhou', ServiceName: name });
    expect(outcome).toEqual({ answer: { ServiceName: name } });
    expect(double.calls.at(-1)?.params).toEqual({ ClusterId: 'cn-hangzhou', ServiceName: name });
  });

  it('carry the parameters of LINGJUN in the form, tokens included', async () => {
    const { double, connection } = await opened({
      answers: [{ operation: 'eflo-controller-20221215:ListClusterNodes', answer: { Nodes: [] } }],
    });
    const outcome = await attempt(connection, 'eflo-controller-20221215:ListClusterNodes', { ClusterId: 'i 1', NextToken: 'a+b=' });
    expect(outcome).toEqual({ answer: { Nodes: [] } });
    expect(double.calls.at(-1)?.params).toEqual({ ClusterId: 'i 1', MaxResults: '100', NextToken: 'a+b=' });
  });
});
