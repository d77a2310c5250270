import { expect, test } from 'vitest';
import { grantsAll, parsePolicy } from '../../src/model/policy-document.ts';

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const grant = (text: string, service = 'bedrock') => {
  const statements = parsePolicy(text);
  return statements === undefined ? 'unreadable' : grantsAll(statements, service);
};
const allow = (Action: unknown, more: object = { Resource: '*' }) => ({ Effect: 'Allow', Action, ...more });

test.each([
  ['*', 'yes'],
  [['s3:GetObject', '*:*'], 'yes'],
  ['bedrock:*', 'yes'],
  ['Bedrock:*', 'yes'],
  ['bed*', 'yes'],
  ['bedrock:Invoke*', 'no'],
  ['bedrock-agentcore:*', 'no'],
  ['s3:*', 'no'],
  ['bedrock:?*', 'no'],
])('an action %j on every resource grants all of bedrock: %s', (action, expected) => {
  expect(grant(policy(allow(action)))).toBe(expected);
});

test('one service in full is not everything', () => {
  expect(grant(policy(allow('bedrock:*')), '*')).toBe('no');
  expect(grant(policy(allow('*')), '*')).toBe('yes');
});

test('single values, lists and a single statement mean the same', () => {
  expect(grant(JSON.stringify({ Statement: { Effect: 'Allow', Action: ['*'], Resource: ['*'] } }))).toBe('yes');
});

test('a narrower resource is not every resource', () => {
  expect(grant(policy(allow('*', { Resource: 'arn:aws:s3:::b/*' })))).toBe('no');
  expect(grant(policy(allow('*', { Resource: ['arn:aws:s3:::b/*', '*'] })))).toBe('yes');
});

test('all but a list counts for what the list does not touch', () => {
  const allBut = (NotAction: unknown, more: object = { Resource: '*' }) => policy({ Effect: 'Allow', NotAction, ...more });
  expect(grant(allBut(['iam:*', 'organizations:*']))).toBe('yes');
  expect(grant(allBut('bedrock:DeleteAgent'))).toBe('no');
  expect(grant(allBut('b*:List*'))).toBe('no');
  expect(grant(policy(allow('*', { NotResource: 'arn:aws:s3:::secret' })))).toBe('yes');
});

test('a condition leaves the question open, and so does a denial that may or may not hold', () => {
  const condition = { Condition: { Bool: { 'aws:SecureTransport': 'true' } } };
  expect(grant(policy(allow('*', { Resource: '*', ...condition })))).toBe('conditional');
  expect(grant(policy(allow('*'), { Effect: 'Deny', Action: '*', Resource: '*', ...condition }))).toBe('conditional');
  expect(grant(policy(allow('*'), allow('*', { Resource: '*', ...condition })))).toBe('yes');
});

test('what the document denies in full it does not grant; single denied actions take nothing back', () => {
  expect(grant(policy(allow('*'), { Effect: 'Deny', Action: 'bedrock:*', Resource: '*' }))).toBe('no');
  expect(grant(policy(allow('*'), { Effect: 'Deny', Action: 'bedrock:DeleteAgent', Resource: '*' }))).toBe('yes');
});

test('percent-encoded documents are read, and nothing is concluded from what is no policy', () => {
  expect(grant(encodeURIComponent(policy(allow('*'))))).toBe('yes');
  const unreadable = [
    '',
    'null',
    '[]',
    '{}',
    '%',
    '{"Statement":[{"Effect":"Perhaps","Action":"*"}]}',
    '{"Statement":[{"Effect":"Allow","Action":7}]}',
  ];
  for (const text of unreadable) expect(grant(text), text).toBe('unreadable');
});
