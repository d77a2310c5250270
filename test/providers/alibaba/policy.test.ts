import { describe, expect, it } from 'vitest';
import { maxPolicyLength } from '../../../src/providers/alibaba/policy.ts';
import alibaba from '../../../src/providers/alibaba/provider.ts';

describe('the least-privilege policy of Alibaba Cloud', () => {
  it('names every action with the mark of where its name comes from', async () => {
    const operations = await alibaba.operations();
    const chosen = ['ecs-20140526:DescribeInstances', 'eflo-controller-20221215:ListClusters', 'sts-20150401:GetCallerIdentity'];
    const policy = alibaba.policy([...operations.values()].filter(({ id }) => chosen.includes(id)));
    expect(policy.document).toEqual({
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: ['ecs:DescribeInstances', 'ecs:DescribeRegions', 'eflo:ListClusters'], Resource: '*' }],
    });
    expect(policy.actions).toEqual([
      { action: 'ecs:DescribeInstances', evidence: 'official-sample-skill', operations: ['ecs-20140526:DescribeInstances'] },
      { action: 'ecs:DescribeRegions', evidence: 'official-sample-skill', operations: ['ecs-20140526:DescribeRegions'] },
      { action: 'eflo:ListClusters', evidence: 'assumed-from-product-code', operations: ['eflo-controller-20221215:ListClusters'] },
    ]);
  });

  it('fits into one policy of RAM for everything that collectors may call', async () => {
    const operations = [...(await alibaba.operations()).values()].filter(({ use }) => use === 'allowed');
    const { document, parts } = alibaba.policy(operations);
    expect([parts, JSON.stringify(document, undefined, 2).length <= maxPolicyLength]).toEqual([undefined, true]);
  });

  it('comes in parts where it is longer than RAM takes, with each action in one of them', async () => {
    const [first] = (await alibaba.operations()).values();
    const operations = Array.from({ length: 300 }, (_, at) => ({ ...first!, ramAction: `eas:DescribeSomethingNumber${at}` }));
    const { parts = [], actions, notes } = alibaba.policy(operations);
    const actionsIn = (one: object) => (one as { Statement: [{ Action: readonly string[] }] }).Statement[0].Action;
    expect(parts.map((part) => JSON.stringify(part, undefined, 2).length <= maxPolicyLength)).toEqual([true, true, true]);
    expect(parts.flatMap(actionsIn)).toEqual(actions.map(({ action }) => action));
    expect(actions.filter(({ action }) => /[*?]/.test(action))).toEqual([]);
    expect(notes[0]).toMatch(/at most 6144 characters/);
  });

  it('never asks for an action that mints credentials, whatever collectors declare', async () => {
    const operations = await alibaba.operations();
    const minting = [...operations.values()].filter(({ mintsCredentials }) => mintsCredentials === true);
    expect(minting.length).toBeGreaterThan(15);
    expect(minting.filter(({ use }) => use === 'allowed' || use === 'opt-in')).toEqual([]);
    const declared = new Set(alibaba.collectors.flatMap(({ calls }) => Object.values(calls).map(({ operation }) => operation)));
    expect(minting.filter(({ id }) => declared.has(id))).toEqual([]);
  });
});
