import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Fix } from '../../../src/model/check.ts';
import { gapId } from '../../../src/model/ids.ts';
import { shellLine } from '../../../src/report/escape/shell.ts';
import { renderFix } from '../../../src/scan/judge/render-fix.ts';
import { agent, inspected } from '../../support/report-estate.ts';
import { hostileStrings } from '../../support/hostile-strings.ts';

const fix = (run: readonly string[]): Fix => ({ kind: 'command', do: 'mend it', steps: [{ run }], undo: 'cannot be undone: it is gone' });
const rendered = (run: readonly string[], name: string) => renderFix(fix(run), agent('a', { name })).steps[0];

describe('a fix', () => {
  test('is filled from the asset; inputs stay for the user', () => {
    const run = [
      'aws',
      'x',
      '{asset.id}',
      '{fact.agentName}',
      '{scope.account}',
      '{scope.region}',
      '{element}',
      '{input.guardrail}',
      '--size={fact.size}',
    ];
    const asset = agent('a', { facts: { agentName: 'support', size: 3 } });
    expect(renderFix(fix(run), asset, '8080').steps).toEqual([
      { run: ['aws', 'x', asset.id, 'support', '111122223333', 'us-east-1', '8080', '{input.guardrail}', '--size=3'] },
    ]);
  });

  test('shows what is absent or unread, and says so', () => {
    const asset = agent('a', { facts: { secret: inspected([]) }, unread: [{ prefix: 'network', why: { gap: gapId('gap:1') } }] });
    expect(renderFix(fix(['aws', '{fact.network.id}', '{fact.none}', '{fact.secret}', '{element}']), asset).steps).toEqual([
      {
        run: ['aws', '<fact.network.id>', '<fact.none>', '<fact.secret>', '<element>'],
        note: [
          '<fact.network.id> is to be filled in: it was not read',
          '<fact.none> is to be filled in: the asset has none',
          '<fact.secret> is to be filled in: it may hold a secret',
          '<element> is to be filled in: the finding is about no single element',
        ].join('; '),
      },
    ]);
  });

  test('never takes a value for an option', () => {
    expect(rendered(['aws', 'rm', '--name', '{asset.name}'], '--recursive')).toEqual({ run: ['aws', 'rm', '--name=--recursive'] });
    expect(rendered(['aws', 'rm', '{asset.name}'], '-rf')).toEqual({
      run: ['aws', 'rm', '<asset.name>'],
      note: '<asset.name> is left out: its value begins with "-"',
    });
  });

  test('never lets a value load a file, add a member or name the program', () => {
    expect(rendered(['aws', 'x', '--name', '{asset.name}'], 'file:///etc/passwd')?.run).toEqual(['aws', 'x', '--name', '<asset.name>']);
    expect(rendered(['az', 'x', '--name', '{asset.name}'], '@/etc/passwd')?.run).toEqual(['az', 'x', '--name', '<asset.name>']);
    expect(rendered(['aws', 'x', '--config', 'a={asset.name},b=1'], 'x,b=2')?.run).toEqual(['aws', 'x', '--config', 'a=<asset.name>,b=1']);
    expect(rendered(['aws', 'x', '--config', '{"a":"{asset.name}"}'], '","b":"')?.run).toEqual([
      'aws',
      'x',
      '--config',
      '{"a":"<asset.name>"}',
    ]);
    expect(rendered(['az', 'rest', '--url', 'https://management.azure.com{asset.name}?v=1'], '/a/../../b')?.run[3]).toContain(
      '<asset.name>',
    );
    expect(rendered(['{asset.name}'], 'rm')?.run).toEqual(['<asset.name>']);
  });

  test.each(hostileStrings)('with a name of %j is one command with as many arguments', (name) => {
    const template = [
      'aws',
      'bedrock-agent',
      'update-agent',
      '--agent-name',
      '{asset.name}',
      '--description',
      'x={asset.name}',
      '--last',
      'end',
    ];
    const { run = [] } = rendered(template, name) ?? {};
    const line = shellLine(['printf', String.raw`%s\0`, ...run]);
    expect(line).toBeDefined();
    expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
    const words = execFileSync('bash', ['-c', line ?? ''], { encoding: 'utf8' })
      .split('\0')
      .slice(0, -1);
    expect(words).toEqual(run);
    expect(run.slice(0, 3)).toEqual(template.slice(0, 3));
    expect(run.slice(-2)).toEqual(['--last', 'end']);
    expect(
      run.filter((argument, at) => argument.startsWith('-') && !template.includes(argument) && !run[at]?.startsWith('--agent-name=')),
    ).toEqual([]);
  });

  test('of a replace-style API reads, says what to set, and writes; restoring writes what was read', () => {
    const replace: Fix = {
      kind: 'command',
      do: 'attach it',
      steps: [
        {
          edit: {
            read: ['aws', 'bedrock-agent', 'get-agent', '--agent-id', '{fact.agentId}'],
            at: 'agent',
            keep: ['agentId', 'agentName'],
            set: { guardrailConfiguration: { guardrailIdentifier: '{input.guardrail}', guardrailVersion: '1' } },
            write: ['aws', 'bedrock-agent', 'update-agent', '--cli-input-json', 'file://{body}'],
          },
        },
        {
          wait: {
            read: ['aws', 'bedrock-agent', 'get-agent', '--agent-id', '{fact.agentId}'],
            until: { path: 'agent.agentStatus', is: 'PREPARED' },
          },
        },
      ],
      undo: 'restore',
    };
    const write = ['aws', 'bedrock-agent', 'update-agent', '--cli-input-json', 'file://aispm-body.json'];
    const read = ['aws', 'bedrock-agent', 'get-agent', '--agent-id', 'a'];
    expect(renderFix(replace, agent('a'))).toEqual({
      kind: 'command',
      do: 'attach it',
      inputs: {},
      steps: [
        {
          run: read,
          note: 'take of "agent" of the answer only agentId, agentName, set guardrailConfiguration.guardrailIdentifier to {input.guardrail}, guardrailConfiguration.guardrailVersion to 1, and save it as aispm-body.json, readable by you alone',
        },
        { run: write },
        { run: read, note: 'repeat until agent.agentStatus is "PREPARED"' },
      ],
      undo: [{ run: write, note: 'with aispm-body.json as it was read, before anything was set' }],
    });
  });
});
