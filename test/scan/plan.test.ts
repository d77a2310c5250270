import { expect, test } from 'vitest';
import { operationId } from '../../src/model/ids.ts';
import { defineCollector } from '../../src/providers/collector.ts';
import type { Operation } from '../../src/providers/provider.ts';
import { allowedOperations, makePlan, needsOfAll } from '../../src/scan/plan.ts';
import { roles, services } from '../support/toy-cloud.ts';

const asked = (needs: Record<string, string[]>) =>
  makePlan([services, roles], Object.fromEntries(Object.entries(needs).map(([type, paths]) => [type, new Set(paths)]))).collectors.map(
    ({ collector, asked: calls }) => [collector.asset, [...calls].sort()],
  );

test('only the calls that own a needed path are asked', () => {
  expect(asked({ 'aws.toy.service': ['Public'] })).toEqual([['aws.toy.service', ['get']]]);
  expect(asked({ 'aws.toy.service': ['$rules[].Port'] })).toEqual([['aws.toy.service', ['rules']]]);
  expect(asked({ 'aws.toy.service': [] })).toEqual([['aws.toy.service', []]]);
});

test('a computed fact asks for what it is computed from', () => {
  expect(asked({ 'aws.toy.service': ['$openPorts'] })).toEqual([['aws.toy.service', ['rules']]]);
});

test('the whole of an asset asks for everything', () => {
  expect(asked({ 'aws.toy.service': [''] })).toEqual([['aws.toy.service', ['get', 'list', 'rules', 'userData']]]);
  expect(makePlan([services, roles], needsOfAll([services, roles])).collectors).toHaveLength(2);
});

test('what is read by reference brings the types that point at it, with the facts that their edges come from', () => {
  expect(asked({ 'aws.toy.role': ['Admin'] })).toEqual([
    ['aws.toy.service', ['get']],
    ['aws.toy.role', ['get']],
  ]);
});

test('a further call brings the calls that must be made first', () => {
  const chained = defineCollector({
    asset: 'aws.toy.chain',
    per: 'account',
    calls: { names: 'x:Names', group: 'x:Group', other: 'x:Other' },
    facts: { '': 'other#', '$groups[]': ['group#', 'names'] },
  });
  const plan = makePlan([chained], { 'aws.toy.chain': new Set(['$groups[].id']) });
  expect(plan.collectors.map(({ asked: calls }) => [...calls].sort())).toEqual([['group', 'names']]);
});

test('--allow takes opt-in operations alone, and suggests the one that was meant', () => {
  const operation = (id: string, use: Operation['use']) => [operationId(id), { id: operationId(id), use }] as const;
  const operations = new Map([
    operation('ecs:DescribeUserData', 'opt-in'),
    operation('ecs:DescribeInstances', 'allowed'),
    operation('ecs:GetToken', 'forbidden'),
  ]);
  expect([...allowedOperations(['ecs:DescribeUserData'], operations)]).toEqual(['ecs:DescribeUserData']);
  expect(() => allowedOperations(['ecs:DescribeUserDate'], operations)).toThrow(
    expect.objectContaining({ name: 'UsageError', hint: 'did you mean "ecs:DescribeUserData"?' }),
  );
  expect(() => allowedOperations(['ecs:DescribeInstances'], operations)).toThrow('is not needed');
  expect(() => allowedOperations(['ecs:GetToken'], operations)).toThrow('is never made by a scan');
});
