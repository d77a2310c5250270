import { expect, test } from 'vitest';
import { opensToStrangers } from '../../../../src/providers/alibaba/oss/opens-to-strangers.ts';

const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '1', Statement });
const read = { Effect: 'Allow', Action: ['oss:GetObject'], Resource: ['acs:oss:*:1:lab/*'] };

test.each([
  ['a statement for everyone', policy({ ...read, Principal: ['*'] }), true],
  ['one written without a list', policy({ ...read, Principal: '*', Condition: {} }), true],
  ['a statement for one user', policy({ ...read, Principal: ['20001'] }), false],
  ['a statement that denies', policy({ ...read, Effect: 'Deny', Principal: ['*'] }), false],
  [
    'a condition that decides',
    policy({ ...read, Principal: ['*'], Condition: { IpAddress: { 'acs:SourceIp': ['203.0.113.0/24'] } } }),
    undefined,
  ],
  ['something else that is denied', policy({ ...read, Principal: ['*'] }, { ...read, Effect: 'Deny', Principal: ['*'] }), undefined],
  ['no policy', '{}', undefined],
])('whether a bucket is open to strangers: %s', (_, text, truth) => {
  expect(opensToStrangers(text)).toBe(truth);
});
