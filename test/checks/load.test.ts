import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addUserChecks, loadBundledChecks } from '../../src/checks/load.ts';
import { scaffoldCheck } from '../../src/checks/scaffold.ts';
import { UsageError } from '../../src/model/usage-error.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aispm-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bundled = await loadBundledChecks();

const good = `title: Notebooks are small
severity: low
asset: aws.sagemaker.notebook-instance
expect: { path: VolumeSizeInGB, below: 100, absent: true }
because: Large volumes cost much.
fix:
  kind: manual
  do: Choose a smaller one.
  undo: 'cannot be undone: data would be lost'
maps: {}
relates: { house-rules: ['1.10'] }
examples:
  pass: [{ facts: { VolumeSizeInGB: 5 } }, { facts: {} }]
  fail: [{ facts: { VolumeSizeInGB: 500 } }]
  unknown: [{ facts: {}, unread: [VolumeSizeInGB] }]
`;
const rules = `title: House rules
version: '1'
organization: us
url: https://example.org/rules
rights: ours
verified: true
idPattern: '\\d+\\.\\d+'
covers: [aws]
limits: none
controls: [{ id: '1.10', words: small things, assess: automated }]
`;

async function write(files: { readonly [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function refusal(path = folder): Promise<{ readonly message: string; readonly hint: string | undefined }> {
  try {
    await addUserChecks(bundled, path);
  } catch (error) {
    if (error instanceof UsageError) return { message: error.message.replaceAll(folder, '.'), hint: error.hint };
    throw error;
  }
  throw new Error('nothing was refused');
}

it('the bundled checks need no file', () => {
  expect(bundled.checks.map(({ check }) => check.id)).toContain('aws.bedrock-agent.agent-guardrail-identifier');
  expect(bundled.frameworks.find(({ id }) => id === 'owasp-llm-2025')?.controls['LLM01']).toBe('prompt injection');
});

it('a folder of own checks and frameworks is added; the path is the id', async () => {
  await write({ 'aws/sagemaker/notebook-size.yaml': good, 'frameworks/house-rules.yaml': rules });
  const { checks, frameworks, added } = await addUserChecks(bundled, folder);
  expect(added.map(({ check }) => check.id)).toEqual(['aws.sagemaker.notebook-size']);
  expect(checks).toHaveLength(bundled.checks.length + 1);
  expect(frameworks.map(({ id }) => id)).toContain('house-rules');
});

it('a folder named checks is where ids begin, wherever one points', async () => {
  await write({ 'checks/aws/sagemaker/notebook-size.yaml': good.replace("{ house-rules: ['1.10'] }", '{}') });
  const { added } = await addUserChecks(bundled, join(folder, 'checks/aws/sagemaker/notebook-size.yaml'));
  expect(added.map(({ check }) => check.id)).toEqual(['aws.sagemaker.notebook-size']);
});

describe('what is wrong is one sentence with file, line and what to do', () => {
  const own = good.replace("{ house-rules: ['1.10'] }", '{}');
  it.each<[string, string, string]>([
    ['no YAML', own.replace('title: Notebooks', 'title: [Notebooks'), './aws/sagemaker/notebook-size.yaml:'],
    ['no mapping', '- a\n', './aws/sagemaker/notebook-size.yaml: is no mapping'],
    ['an unknown member', own.replace('severity: low', 'severtiy: low'), './aws/sagemaker/notebook-size.yaml:1: unknown member "severtiy"'],
    [
      'a wrong value',
      own.replace('severity: low', 'severity: bad'),
      './aws/sagemaker/notebook-size.yaml:2: must be equal to one of the allowed values: critical, high, medium, low, info at "severity"',
    ],
    [
      'two operators',
      own.replace('below: 100', 'below: 100, above: 1'),
      './aws/sagemaker/notebook-size.yaml:4: expect: needs exactly one operator',
    ],
    [
      'a path of many values',
      own.replace('path: VolumeSizeInGB, below', "path: 'List[].x', below"),
      './aws/sagemaker/notebook-size.yaml:4: expect.path: "List[].x" has many values: put it into some or every',
    ],
    [
      'an unknown control',
      good.replace('house-rules', 'owasp-llm-2025'),
      './aws/sagemaker/notebook-size.yaml:11: relates.owasp-llm-2025: there is no control of owasp-llm-2025 "1.10"',
    ],
    ['an unknown framework', good, './aws/sagemaker/notebook-size.yaml:11: relates: there is no framework "house-rules"'],
    [
      'an unknown check',
      own.replace('{ path: VolumeSizeInGB, below: 100, absent: true }', '{ meets: aws.sagemaker.notebook-root-acces }'),
      './aws/sagemaker/notebook-size.yaml:4: expect: there is no check "aws.sagemaker.notebook-root-acces"; did you mean "aws.sagemaker.notebook-root-access"?',
    ],
    [
      'an endless pattern',
      own.replace('below: 100', "matches: '(?=x)'"),
      './aws/sagemaker/notebook-size.yaml:4: expect: matches of "VolumeSizeInGB": look-around and named groups are not understood',
    ],
    [
      'a placeholder of nothing',
      own.replace('Choose a smaller one.', "'Choose {input.size}.'"),
      './aws/sagemaker/notebook-size.yaml:8: fix.do: {input.size} is not among the inputs',
    ],
  ])('%s', async (_, text, message) => {
    await write({ 'aws/sagemaker/notebook-size.yaml': text });
    const { message: said, hint } = await refusal();
    expect(said.startsWith(message), said).toBe(true);
    expect(said).not.toContain('\n');
    expect(hint).toBeTruthy();
  });

  it('an id that is taken, a folder that is empty or missing', async () => {
    await write({ 'aws/sagemaker/notebook-root-access.yaml': own });
    expect((await refusal()).message).toBe(
      './aws/sagemaker/notebook-root-access.yaml: the check "aws.sagemaker.notebook-root-access" exists already',
    );
    await mkdir(join(folder, 'empty'));
    expect((await refusal(join(folder, 'empty'))).message).toBe('no check files (*.yaml) in "./empty"');
    expect((await refusal(join(folder, 'missing'))).message).toBe('"./missing" does not exist');
  });

  it('a new file that is not filled in', async () => {
    const { path, text } = scaffoldCheck('aws.sagemaker.notebook-size', ['aws.iam.role', 'aws.sagemaker.notebook-instance']);
    expect(path).toBe('aws/sagemaker/notebook-size.yaml');
    await write({ [path]: text });
    expect(await refusal()).toEqual({
      message: './aws/sagemaker/notebook-size.yaml:3: title: "FILL IN" still stands here',
      hint: 'mend the file; docs/adding-a-check.md says how a check is written',
    });
  });
});

it('an id that is none is refused', () => {
  expect(() => scaffoldCheck('notebook', [])).toThrow('"notebook" is no check id');
});
