import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkId } from '../../../src/model/ids.ts';
import { findingsOf } from '../../../src/scan/judge/findings-of.ts';
import { agent, check, guardrailCheck, inspected, secret } from '../../support/report-estate.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('findings', () => {
  test('one for a failing verdict, known by check, asset and place', () => {
    const a = agent('a');
    const evidence = [{ path: 'guardrailConfiguration.guardrailIdentifier', wanted: 'not empty' }];
    expect(findingsOf(guardrailCheck, a, evidence)).toEqual([
      {
        fingerprint: sha256(`["aispm/1","${guardrailCheck.id}","${a.id}",""]`),
        rule: guardrailCheck.id,
        asset: a.id,
        assetType: a.type,
        assetName: 'a',
        scope: a.scope,
        place: '',
        severity: 'high',
        title: guardrailCheck.title,
        evidence,
        locations: [],
        fix: {
          kind: 'command',
          do: 'Attach a published guardrail',
          inputs: { guardrail: 'a published guardrail of the same region' },
          steps: [{ run: ['aws', 'bedrock-agent', 'update-agent', '--agent-id', 'a', '--guardrail', '{input.guardrail}'] }],
          undo: 'restore: set back the value that was there before',
        },
      },
    ]);
  });

  test('one for each failing element where the check says so, named by its key and never by its index', () => {
    const ports = check('aws.x.y', { each: { path: 'ports[]', key: 'port' } });
    const evidence = [
      { path: 'ports[0].open', found: true, wanted: 'false', element: '8080' },
      { path: 'ports[3].open', found: true, wanted: 'false', element: '11434' },
    ];
    const found = findingsOf(ports, agent('a'), evidence);
    expect(found.map(({ place, evidence: own }) => [place, own])).toEqual([
      ['8080', [evidence[0]]],
      ['11434', [evidence[1]]],
    ]);
    const moved = findingsOf(ports, agent('a'), [{ ...evidence[1]!, path: 'ports[0].open' }]);
    expect(moved[0]?.fingerprint).toBe(found[1]?.fingerprint);
  });

  test('one for each variable that holds keys, with path and variable as its place and the keys as locations', () => {
    const keys = [secret('env.OPENAI_API_KEY', 'sk-…aaaa'), secret('env.DASHSCOPE_API_KEY'), secret('env.OPENAI_API_KEY', 'sk-…bbbb')];
    const service = agent('a', { facts: { ServiceConfig: inspected(keys) } });
    const found = findingsOf(check('alibaba.eas.service-plaintext-secret'), service, [{ path: 'ServiceConfig.secrets', wanted: 'empty' }]);
    expect(found.map(({ place, locations, evidence }) => ({ place, locations, evidence }))).toEqual([
      {
        place: 'ServiceConfig env.OPENAI_API_KEY',
        locations: [{ kind: 'fact', asset: service.id, path: 'ServiceConfig', variable: 'env.OPENAI_API_KEY' }],
        evidence: [
          {
            path: 'ServiceConfig.secrets',
            wanted: 'no key',
            found: ['sk-…aaaa', 'sk-…bbbb'].map((shown) => ({
              detector: 'dashscope.api-key',
              shown,
              confidence: 'certain',
              variable: 'env.OPENAI_API_KEY',
            })),
          },
        ],
      },
      {
        place: 'ServiceConfig env.DASHSCOPE_API_KEY',
        locations: [{ kind: 'fact', asset: service.id, path: 'ServiceConfig', variable: 'env.DASHSCOPE_API_KEY' }],
        evidence: [
          {
            path: 'ServiceConfig.secrets',
            wanted: 'no key',
            found: [{ detector: 'dashscope.api-key', shown: 'sk-…1f2a', confidence: 'certain', variable: 'env.DASHSCOPE_API_KEY' }],
          },
        ],
      },
    ]);
  });

  test('evidence of one key speaks of that key alone, and the place of a list value has no index', () => {
    const config = (index: number) => ({
      OnCreate: Array.from({ length: index + 1 }, () => ({ Content: inspected([secret('line 1'), secret('line 3')]) })),
    });
    const evidenceAt = (index: number) => [
      { path: `OnCreate[${index}].Content.secrets[1].confidence`, found: 'certain', wanted: 'not certain' },
    ];
    const scripts = check('aws.sagemaker.notebook-lifecycle-script-secret');
    const [first, ...others] = findingsOf(scripts, agent('a', { facts: config(0) }), evidenceAt(0));
    expect(others).toEqual([]);
    expect(first?.place).toBe('OnCreate[].Content line 3');
    const [later] = findingsOf(scripts, agent('a', { facts: config(2) }), evidenceAt(2));
    expect(later?.fingerprint).toBe(first?.fingerprint);
  });

  test('evidence of an inspected value that holds no key is like any other', () => {
    const service = agent('a', { facts: { ServiceConfig: inspected([]) } });
    const evidence = [{ path: 'ServiceConfig.secrets', wanted: 'not empty' }];
    const found = findingsOf(check('alibaba.eas.service-plaintext-secret'), service, evidence);
    expect(found.map(({ place, locations, evidence: own }) => ({ place, locations, own }))).toEqual([
      { place: '', locations: [], own: evidence },
    ]);
  });

  test('a renamed check keeps the fingerprints that it had', () => {
    const a = agent('a');
    const before = findingsOf(guardrailCheck, a, [])[0];
    const after = findingsOf(
      { ...guardrailCheck, id: checkId('aws.bedrock-agent.agent-guardrail'), formerly: [guardrailCheck.id] },
      a,
      [],
    )[0];
    expect(after?.formerly).toEqual([before?.fingerprint]);
    expect(after?.fingerprint).not.toBe(before?.fingerprint);
  });

  test('wording and severity do not change a fingerprint', () => {
    const other = { ...guardrailCheck, title: 'Another title', severity: 'low' as const };
    expect(findingsOf(other, agent('a'), [])[0]?.fingerprint).toBe(findingsOf(guardrailCheck, agent('a'), [])[0]?.fingerprint);
  });
});
