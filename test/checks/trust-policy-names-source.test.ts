import { expect, test } from 'vitest';
import type { Answered, Reply } from '../../src/checks/predicate.ts';
import trustPolicyNamesSource from '../../src/checks/predicates/trust-policy-names-source.ts';
import { gapId } from '../../src/model/ids.ts';

const ask = (answered: Answered): Reply => trustPolicyNamesSource.ask(() => answered);
const judge = (Condition: object | undefined, Principal: unknown = { Service: 'bedrock.amazonaws.com' }): Reply =>
  ask({ kind: 'found', value: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', Condition }] }) });

test.each([
  ['StringEquals on the account', { StringEquals: { 'aws:SourceAccount': '111122223333' } }, true],
  ['the key in another case, several accounts', { StringEquals: { 'AWS:sourceaccount': ['111122223333', '444455556666'] } }, true],
  ['ArnLike on resources of an account', { ArnLike: { 'aws:SourceArn': 'arn:aws:bedrock:*:111122223333:agent/*' } }, true],
  ['no condition', undefined, false],
  ['a condition on something else', { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }, false],
  ['an operator that a missing key meets', { StringEqualsIfExists: { 'aws:SourceAccount': '111122223333' } }, false],
  ['the account by exclusion', { StringNotEquals: { 'aws:SourceAccount': '111122223333' } }, false],
  ['any account', { StringLike: { 'aws:SourceAccount': '*' } }, false],
  ['an ARN of any account', { ArnLike: { 'aws:SourceArn': 'arn:aws:bedrock:*:*:agent/*' } }, false],
])('%s', (_, condition, expected) => {
  expect(judge(condition)).toBe(expected);
});

test('named principals need no source; everybody does', () => {
  expect(judge(undefined, { AWS: 'arn:aws:iam::111122223333:role/ci' })).toBe(true);
  expect(judge(undefined, '*')).toBe(false);
  expect(judge(undefined, { AWS: ['*'] })).toBe(false);
});

test('what was not read, and what cannot be read, stays open', () => {
  const because = [{ gap: gapId('g') }];
  expect(ask({ kind: 'unread', because })).toEqual({ unread: because });
  expect(ask({ kind: 'absent' })).toEqual({ silent: 'AssumeRolePolicyDocument' });
  expect(ask({ kind: 'found', value: 'no policy' })).toEqual({ silent: 'AssumeRolePolicyDocument' });
});
