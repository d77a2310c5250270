import { expect, test } from 'vitest';
import { chooseTargets } from '../../src/cli/targets.ts';
import { UsageError } from '../../src/model/usage-error.ts';

const nothing = { profiles: [], accounts: [], subscriptions: [], regions: [] };

test('a bare scan tries every provider and names none', () => {
  expect(chooseTargets([], {}, {})).toEqual([
    { provider: 'aws', ...nothing, named: false },
    { provider: 'azure', ...nothing, named: false },
    { provider: 'alibaba', ...nothing, named: false },
  ]);
  expect(chooseTargets(['all'], {}, {})).toEqual(chooseTargets([], {}, {}));
});

test('a value without a provider is for the one that was named', () => {
  expect(chooseTargets(['aws'], { region: ['eu-west-1'], profile: ['prod', 'lab'] }, {})).toEqual([
    { provider: 'aws', ...nothing, regions: ['eu-west-1'], profiles: ['prod', 'lab'], named: true },
  ]);
});

test('a value with a provider is for that one', () => {
  const [aws, azure, alibaba] = chooseTargets([], { region: ['aws=eu-west-1', 'alibaba=cn-hangzhou'], subscription: ['sub-1'] }, {});
  expect([aws?.regions, azure?.regions, alibaba?.regions]).toEqual([['eu-west-1'], [], ['cn-hangzhou']]);
  expect([aws?.subscriptions, azure?.subscriptions]).toEqual([[], ['sub-1']]);
});

test('flags win over the configuration file, which wins over nothing', () => {
  const config = { scan: { providers: ['aws'] }, aws: { regions: ['us-east-1'], profiles: ['prod'] } };
  expect(chooseTargets([], { region: ['eu-west-1'] }, config)).toEqual([
    { provider: 'aws', ...nothing, regions: ['eu-west-1'], profiles: ['prod'], named: true },
  ]);
});

test.each([
  [['awz'], {}, 'no such provider "awz"'],
  [['aws', 'azure'], { region: ['eu-west-1'] }, '--region "eu-west-1" does not say which provider it is for'],
  [['aws'], { region: ['alibaba=cn-hangzhou'] }, '--region "alibaba=cn-hangzhou" is for alibaba, which is not scanned'],
])('what cannot be meant is refused with a way out: %j %j', (words, flags, message) => {
  expect(() => chooseTargets(words, flags, {})).toThrow(UsageError);
  expect(() => chooseTargets(words, flags, {})).toThrow(message);
});
