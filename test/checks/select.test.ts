import { expect, it } from 'vitest';
import type { Framework } from '../../src/model/check.ts';
import { coverageOf, wordsOfOutcome } from '../../src/checks/coverage.ts';
import { factsByType, needsOf } from '../../src/checks/needs.ts';
import { findCheck, findFramework, selectChecks } from '../../src/checks/select.ts';
import type { CheckId, ScopeId } from '../../src/model/ids.ts';
import type { LedgerRow } from '../../src/model/report.ts';
import { UsageError } from '../../src/model/usage-error.ts';
import { check } from '../support/judge-one.ts';

const checks = [
  { ...check('aws.bedrock.guardrail-strength', { expect: { all: [] } }), maps: { rules: ['1.10'] }, relates: { other: [] } },
  {
    ...check('aws.bedrock-agent.agent-guardrail', { expect: { all: [] } }),
    relates: { rules: ['1.10', '2.1'] },
    formerly: ['aws.bedrock.agent-guardrail' as CheckId],
  },
  check('azure.machinelearning.workspace-network', { expect: { all: [] } }),
];
const framework = (id: string, controls: Framework['controls'], assess: NonNullable<Framework['assess']>): Framework => ({
  id,
  title: id,
  version: '1',
  organization: 'us',
  limits: 'Only a part.',
  controls,
  assess,
});
const frameworks = [
  framework(
    'rules',
    { '1.10': 'small', '2.1': 'big', '3.1': 'paper', '4.1': 'far' },
    { '1.10': 'partial', '2.1': 'automated', '3.1': 'manual', '4.1': 'automated' },
  ),
  framework('other', {}, {}),
];
const ids = (selection: Parameters<typeof selectChecks>[2]): readonly string[] =>
  selectChecks(checks, frameworks, selection).map(({ id }) => id);
const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return `${error.message}; ${error.hint}`;
  }
  return 'nothing was refused';
};

it('globs are anchored, services are whole words, frameworks count maps and relates', () => {
  expect(ids({})).toHaveLength(3);
  expect(ids({ check: ['aws.*'] })).toEqual(['aws.bedrock.guardrail-strength', 'aws.bedrock-agent.agent-guardrail']);
  expect(refusal(() => ids({ check: ['bedrock*'] }))).toMatch(/^--check "bedrock\*" matches no check; /);
  expect(ids({ check: ['*guardrail*'], skipCheck: ['*.agent-*'] })).toEqual(['aws.bedrock.guardrail-strength']);
  expect(ids({ service: ['bedrock'] })).toEqual(['aws.bedrock.guardrail-strength']);
  expect(ids({ service: ['aws.bedrock-agent', 'machinelearning'] })).toEqual([
    'aws.bedrock-agent.agent-guardrail',
    'azure.machinelearning.workspace-network',
  ]);
  expect(ids({ framework: ['rules'] })).toEqual(['aws.bedrock.guardrail-strength', 'aws.bedrock-agent.agent-guardrail']);
  expect(ids({ framework: ['other'] })).toEqual([]);
  expect(ids({ provider: ['azure'] })).toEqual(['azure.machinelearning.workspace-network']);
});

it('what matches nothing is refused with a suggestion', () => {
  expect(refusal(() => ids({ check: ['aws.bedrock.guardrail-strenght'] }))).toBe(
    '--check "aws.bedrock.guardrail-strenght" matches no check; did you mean "aws.bedrock.guardrail-strength"?',
  );
  expect(refusal(() => ids({ skipCheck: ['gcp.*'] }))).toBe('--skip-check "gcp.*" matches no check; see: aispm checks list');
  expect(refusal(() => ids({ service: ['bedrok'] }))).toBe('--service "bedrok" is unknown; did you mean "bedrock"?');
  expect(refusal(() => ids({ framework: ['rule'] }))).toBe('--framework "rule" is unknown; did you mean "rules"?');
  expect(refusal(() => findCheck(checks, 'aws.bedrock.x'))).toMatch(/^no such check "aws.bedrock.x"; /);
  expect(refusal(() => findFramework(frameworks, 'ruels'))).toBe('no such framework "ruels"; did you mean "rules"?');
});

it('a check is found by its former id as well', () => {
  expect(findCheck(checks, 'aws.bedrock.agent-guardrail').id).toBe('aws.bedrock-agent.agent-guardrail');
});

it('needs are every path of every condition, of targets and of met checks, and what the fix fills in', () => {
  const met = check('met', { applies: { path: 'on', empty: false }, expect: { ask: 'predicate' } });
  const one = {
    ...check('one', {
      applies: { inScope: 'aws.x.guard' },
      each: { path: 'rules', key: 'id' },
      expect: {
        any: [
          { path: 'port', is: 1 },
          { some: { path: 'to[].ips', cidrPublic: true } },
          { along: 'uses', to: 'aws.x.key', every: { any: [{ path: 'made', empty: true }, { meets: 'met' }] } },
        ],
      },
    }),
    fix: { kind: 'manual' as const, do: 'see {fact.Name}', undo: 'cannot be undone: nothing' },
  };
  const predicates = { predicate: { says: '', reads: ['a', 'b'], ask: () => true } };
  const needs = needsOf([one], [one, met], predicates);
  expect(needs.every(({ check: id }) => id === 'one')).toBe(true);
  expect(Object.fromEntries(Object.entries(factsByType(needs)).map(([type, paths]) => [type, [...paths].sort()]))).toEqual({
    'aws.x.thing': ['Name', 'rules', 'rules[].port', 'rules[].to[].ips'],
    'aws.x.guard': [],
    'aws.x.key': ['a', 'b', 'made', 'on'],
  });
  expect(needs.filter(({ use }) => use === 'fix').map(({ path }) => path)).toEqual(['Name']);
});

const row = (id: string, counts: Partial<LedgerRow>): LedgerRow => ({
  check: id as CheckId,
  scope: 's' as ScopeId,
  pass: 0,
  fail: 0,
  unknown: 0,
  notApplicable: 0,
  manual: 0,
  gaps: [],
  limits: [],
  ...counts,
});

it('coverage keeps published maps and our own reading apart, and starts with its limits', () => {
  const coverage = coverageOf(frameworks[0] as Framework, checks);
  expect(coverage.limits).toBe(
    'rules 1: 3 of the 4 controls that are listed here can be read by a machine at all; aispm has checks for 1 by published maps and for 1 more by our own reading; the rest is for people. Only a part.',
  );
  expect(coverage.rows).toEqual([
    {
      id: '1.10',
      words: 'small',
      assess: 'partial',
      published: ['aws.bedrock.guardrail-strength'],
      ownReading: ['aws.bedrock-agent.agent-guardrail'],
    },
    { id: '2.1', words: 'big', assess: 'automated', published: [], ownReading: ['aws.bedrock-agent.agent-guardrail'] },
    { id: '3.1', words: 'paper', assess: 'manual', published: [], ownReading: [] },
    { id: '4.1', words: 'far', assess: 'automated', published: [], ownReading: [] },
  ]);
});

it('an outcome is the worst of its checks; nothing found is never more than that', () => {
  const outcomes = (...ledger: readonly LedgerRow[]): readonly unknown[] =>
    coverageOf(frameworks[0] as Framework, checks, ledger).rows.map(({ outcome, ownOutcome }) => [outcome, ownOutcome]);
  const published = 'aws.bedrock.guardrail-strength';
  const own = 'aws.bedrock-agent.agent-guardrail';
  expect(outcomes(row(published, { pass: 3 }), row(own, { pass: 1, fail: 1, unknown: 1 }))).toEqual([
    ['no failure found', 'fail'],
    ['not covered', 'fail'],
    ['manual', 'manual'],
    ['not covered', 'not covered'],
  ]);
  expect(outcomes(row(published, { pass: 3, unknown: 1 }), row(own, { notApplicable: 2 }))[0]).toEqual(['unknown', 'no asset']);
  expect(outcomes(row(published, { pass: 1, gaps: ['g' as never] }))[0]).toEqual(['unknown', 'unknown']);
  const [partial] = coverageOf(frameworks[0] as Framework, checks).rows;
  expect(wordsOfOutcome(partial as NonNullable<typeof partial>, 'no failure found')).toBe('no failure found in the part that is checked');
});
