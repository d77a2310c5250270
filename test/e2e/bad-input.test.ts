import { lstat, mkdir, readdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cleanCloud } from '../support/clean-cloud.ts';
import { type Computer, newComputer, type Ran, repository, runCli, type RunOptions, runShell } from '../support/run-cli.ts';
import { type Clouds, startClouds } from '../support/start-clouds.ts';

let computer: Computer;
let inventory: string;
let report: string;
let clouds: Clouds;
let home: Computer;

beforeAll(async () => {
  home = await newComputer();
  clouds = await startClouds(home, { answers: cleanCloud });
  await runCli(home, ['discover', ...clouds.aws, '-o', 'inventory.json'], { env: clouds.env });
  await runCli(home, ['evaluate', 'inventory.json', '-f', 'json=report.json']);
  inventory = await home.read('inventory.json');
  report = await home.read('report.json');
});
afterAll(() => clouds.close());
beforeEach(async () => {
  computer = await newComputer();
});

/** A mistake of the user: one sentence, what to do next, exit 2, nothing on stdout, no stack trace. */
async function refused(args: readonly string[], says: RegExp, next: RegExp, options?: RunOptions): Promise<Ran> {
  const ran = await runCli(computer, args, options);
  const [sentence = '', hint = '', end = ''] = ran.stderr.split('\n');
  expect(sentence).toMatch(says);
  expect(sentence).toMatch(/^error: /);
  expect(hint).toMatch(next);
  expect({ code: ran.code, end, stdout: ran.stdout, lines: ran.stderr.split('\n').length }).toEqual({
    code: 2,
    end: 'exit 2: usage or configuration error',
    stdout: '',
    lines: 4,
  });
  return ran;
}

describe('words and flags', () => {
  test.each([
    [['scna'], /no such command "scna"/, /did you mean "scan"\?/],
    [['checks', 'lst'], /no such command "checks lst"/, /did you mean "checks list"\?/],
    [['scan', 'awz'], /no such provider "awz"/, /did you mean "aws"\?/],
    [['scan', '--fail-onn', 'high'], /no such flag "--fail-onn"/, /did you mean "--fail-on"\?/],
    [['scan', '--fail-on', 'hihg'], /--fail-on.*hihg|hihg/, /help/],
    [['scan', '-f', 'sarf'], /no such format "sarf"/, /did you mean "sarif"\?/],
    [['scan', '-f', 'json', '-f', 'sarif'], /only one format fits on stdout, not json and sarif/, /-f FORMAT=FILE/],
    [['scan', '--offline'], /--offline allows no connection/, /aispm evaluate/],
    [['scan', '-f', '\u001B[31mred'], /no such format "\\u/, /./],
    [['scan', '-f', 'json=a', '-f', 'sarif=a'], /two formats would write "a"/, /its own file/],
    [['scan', '-f', 'json='], /names no file/, /-f json=FILE/],
    [
      ['scan', '--check', 'aws.sagemaker.notebook-root-acces'],
      /aws\.sagemaker\.notebook-root-acces/,
      /did you mean "aws\.sagemaker\.notebook-root-access"\?/,
    ],
    [['scan', '--skip-check', 'nothing.*'], /nothing\.\*/, /./],
    [['scan', '--service', 'sagemakr'], /sagemakr/, /sagemaker/],
    [['scan', '--framework', 'pci-dss-4.0'], /pci-dss-4\.0/, /did you mean "pci-dss-4\.0\.1"\?/],
    [['scan', '--timeout', 'soon'], /--timeout "soon" is no duration/, /30s/],
    [['scan', '--shard', '4/3'], /--shard "4\/3" is no part of a whole/, /i\/n/],
    [['scan', '--concurrency', 'many'], /many/, /help/],
    [['scan', '--region', 'us-east-1'], /does not say which provider/, /PROVIDER=us-east-1|aws --region/],
    [['scan', 'aws', '--region', 'alibaba=cn-hangzhou'], /is for alibaba, which is not scanned/, /leave the flag out/],
    [['scan', '--endpoint', 'aws=http://203.0.113.7'], /plain http/, /https/],
    [['scan', '--endpoint', 'gcp=https://localhost'], /"gcp", which does not exist/, /aws/],
    [['scan', 'aws', '--profile', 'prod'], /no such AWS profile "prod"/, /list-profiles/],
    [['scan', 'alibaba', '--profile', 'prod'], /no such .*profile "prod"/, /./],
    [['scan', '--config', 'missing.yaml'], /cannot read the configuration file "missing.yaml": there is no such file/, /--config/],
    [['scan', '--ca-file', 'missing.pem'], /cannot read the certificate authority "missing.pem"/, /--ca-file/],
    [['scan', '--ignore-file', 'missing.yaml'], /cannot read the ignore file "missing.yaml": there is no such file/, /path/],
    [['scan', '--previous', 'missing.json'], /cannot read the report "missing.json": there is no such file/, /--previous/],
    [['scan', '--checks', 'missing'], /missing/, /--checks|folder|path/],
    [['evaluate'], /name of an inventory is missing/, /--help/],
    [['evaluate', 'missing.json'], /cannot read the inventory "missing.json": there is no such file/, /./],
    [['convert'], /missing/, /--help/],
    [['convert', 'missing.json'], /cannot read the report "missing.json": there is no such file/, /./],
    [
      ['checks', 'show', 'aws.bedrock-agent.agent-guardrail'],
      /aws\.bedrock-agent\.agent-guardrail/,
      /did you mean "aws\.bedrock-agent\.agent-guardrail-identifier"\?/,
    ],
    [['checks', 'show'], /id of a check is missing/, /--help/],
    [['checks', 'new', 'nonsense'], /nonsense/, /./],
    [['checks', 'test', 'missing'], /missing/, /./],
    [['checks', 'list', 'gcp'], /no such provider "gcp"/, /aws/],
    [['frameworks', 'show', 'iso-27001'], /iso-27001/, /did you mean "iso-27001-2022"\?/],
    [['permissions', 'awss'], /no such provider "awss"/, /did you mean "aws"\?/],
    [['permissions', 'aws', '--diff', 'missing.json'], /cannot read the policy "missing.json"/, /--diff/],
    [['doctor', 'gcp'], /no such provider "gcp"/, /aws/],
    [
      ['discover', '--allow', 'ecs-20140526:DescribeUserDat'],
      /ecs-20140526:DescribeUserDat/,
      /did you mean "ecs-20140526:DescribeUserData"\?/,
    ],
  ] as const)('%j', async (args, says, next) => {
    await refused(args, says, next);
  });

  test('an unknown region gets a suggestion', async () => {
    const { env } = clouds;
    await refused(['scan', 'aws', '--region', 'us-eats-1'], /no such AWS region "us-eats-1"; did you mean "us-east-1"\?/, /region/, {
      env,
    });
  });

  test('with --json the error is an object on stdout, and the words are on stderr all the same', async () => {
    const { code, stdout, stderr } = await runCli(computer, ['scan', 'awz', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'usage', message: 'no such provider "awz"', hint: 'did you mean "aws"?' } });
    expect(stderr).toMatch(/^error: no such provider "awz"\n/);
  });
});

describe('files', () => {
  test.each([
    ['is no YAML', 'scan: [', /aispm\.yaml:1: no valid YAML/, /mend/],
    ['has an unknown key', 'scan:\n  failOnn: high\n', /aispm\.yaml:2: unknown member "failOnn"/, /did you mean "failOn"\?/],
    ['has a value that is not allowed', 'scan:\n  failOn: severe\n', /aispm\.yaml:2: .*critical, high/, /mend/],
    ['is a list', '- scan\n', /aispm\.yaml:1: must be object/, /mend/],
  ])('a configuration that %s is refused with its line', async (_, text, says, next) => {
    await computer.write('aispm.yaml', text);
    await refused(['scan'], says, next);
  });

  const entry = (...lines: readonly string[]) => `- ${lines.join('\n  ')}\n`;
  test.each([
    ['is no YAML', '- check: "', /\.aispmignore\.yaml:\d: no valid YAML/, /mend/],
    ['has an entry without a reason', entry('check: aws.iam.*', 'until: 2026-12-31'), /this entry has no "reason"/, /reason and the day/],
    [
      'has an entry without an end',
      entry('check: aws.iam.*', 'reason: a lab account only'),
      /this entry has no "until"/,
      /reason and the day/,
    ],
    [
      'has a reason of a word',
      entry('check: aws.iam.*', 'until: 2026-12-31', 'reason: lab'),
      /the reason "lab" is too short/,
      /ten characters/,
    ],
    [
      'waives everything',
      entry('check: "*"', 'until: 2026-12-31', 'reason: a lab account only'),
      /check "\*" matches everything/,
      /name what is meant/,
    ],
    [
      'ends in ten years',
      entry('check: aws.iam.*', 'until: 2036-12-31', 'reason: a lab account only'),
      /more than a year/,
      /until 2027-06-01/,
    ],
    ['has an unknown member', entry('chek: aws.iam.*', 'until: 2026-12-31', 'reason: a lab account only'), /neither check|"chek"/, /./],
    ['ends on no day', entry('check: aws.iam.*', 'until: 2026-13-45', 'reason: a lab account only'), /until|date/, /./],
  ])('an ignore file that %s is refused', async (_, text, says, next) => {
    await computer.write('.aispmignore.yaml', text);
    await computer.write('inventory.json', inventory);
    await refused(['evaluate', 'inventory.json'], says, next);
  });

  test.each([
    ['is no YAML', 'title: [', /no valid YAML/],
    ['lacks its members', 'title: A check\n', /severity|asset|must have/],
    ['asks an operator that does not exist', 'replaced', /emptyy/],
  ])('a check file that %s is refused', async (_, text, says) => {
    const shipped = await home.read(path.join(repository, 'checks/aws/bedrock-agent/agent-guardrail-identifier.yaml'));
    await computer.write(
      'own/aws/bedrock-agent/agent-own.yaml',
      text === 'replaced' ? shipped.replace('empty: false', 'emptyy: false') : text,
    );
    await computer.write('inventory.json', inventory);
    await refused(['evaluate', 'inventory.json', '--checks', 'own'], says, /./);
  });

  const newer = (text: string) =>
    JSON.stringify({ ...(JSON.parse(text) as object), schemaVersion: '1.7', tool: { name: 'aispm', version: '3.2.1' } });
  test.each([
    ['no JSON', () => 'hello', /is no (inventory|report) of aispm: it is not JSON/, /aispm wrote/],
    ['empty', () => '', /is no (inventory|report) of aispm: it is empty/, /aispm wrote/],
    [
      'cut off',
      (text: string) => text.slice(0, text.length / 2),
      /is no (inventory|report) of aispm: it is not JSON.*, or was cut off/,
      /aispm wrote/,
    ],
    ['of another program', () => '{"runs":[]}', /is no (inventory|report) of aispm: it has no "schemaVersion"/, /aispm wrote/],
    ['without its lists', () => '{"schemaVersion":"1.0"}', /is no (inventory|report) of aispm: /, /aispm/],
    ['of a newer version', newer, /has schema version 1\.7; this aispm reads up to 1\.0/, /npm install aispm@3\.2\.1/],
  ])('an inventory or report that is %s is refused', async (_, change, says, next) => {
    await computer.write('inventory.json', change(inventory));
    await computer.write('report.json', change(report));
    await computer.write('good.json', inventory);
    await refused(['evaluate', 'inventory.json'], says, next);
    await refused(['convert', 'report.json'], says, next);
    await refused(['evaluate', 'good.json', '--previous', 'report.json'], says, next);
  });

  test('an output that cannot be written is refused, and no half file is left', async () => {
    await computer.write('inventory.json', inventory);
    await mkdir(computer.at('folder'));
    await refused(['evaluate', 'inventory.json', '-f', 'json=folder'], /cannot write "folder": it is a folder/, /another place/);
    await refused(
      ['evaluate', 'inventory.json', '-f', 'json=inventory.json/below'],
      /cannot write ".*": a part of its path is a file/,
      /another place/,
    );
    expect((await readdir(computer.cwd)).sort()).toEqual(['folder', 'inventory.json']);
  });

  test('a full disk is said so, and the device that stands for it is not replaced', async () => {
    await computer.write('inventory.json', inventory);
    await symlink('/dev/full', computer.at('full'));
    await refused(['evaluate', 'inventory.json', '-f', 'json=full'], /cannot write "full": the disk is full/, /make room/);
    expect((await lstat(computer.at('full'))).isSymbolicLink()).toBe(true);
  });

  test('a pipe and a link are written to, not replaced', async () => {
    await computer.write('inventory.json', inventory);
    await computer.write('real.json', 'old');
    await symlink('real.json', computer.at('link.json'));
    const line = 'mkfifo pipe; cat pipe > got.json & aispm evaluate inventory.json -f json=pipe -f ndjson=link.json -q; wait';
    const { stderr } = await runShell(computer, line);
    expect(stderr).toBe('');
    expect((await computer.read('got.json')) === report).toBe(true);
    expect(await computer.read('real.json')).toMatch(/^\{"kind":"report"/);
    expect((await lstat(computer.at('pipe'))).isFIFO()).toBe(true);
    expect((await lstat(computer.at('link.json'))).isSymbolicLink()).toBe(true);
  });

  test('a certificate authority that is no PEM is refused', async () => {
    await computer.write('ca.der', 'binary');
    await refused(['scan', '--ca-file', 'ca.der'], /holds no certificate in PEM form/, /openssl/);
  });
});

describe('credentials files', () => {
  const marker = 'do-not-show-this';

  test.each([
    ['aws', '.aws/config', `[default]\nregion = us-east-1\n${marker}\n`, /AWS profile file ".*config" is malformed in line 3/],
    ['aws', '.aws/credentials', `${marker}\n`, /AWS profile file ".*credentials" is malformed in line 1/],
    [
      'alibaba',
      '.aliyun/config.json',
      `{"current": "default", "profiles": [${marker}`,
      /Alibaba Cloud profile file ".*config.json" is malformed/,
    ],
    ['alibaba', '.alibabacloud/credentials', `${marker}\n`, /Alibaba Cloud profile file ".*credentials" is malformed/],
  ])('%s: a malformed %s is refused and nothing of it is shown', async (provider, file, text, says) => {
    await computer.write(path.join(computer.home, file), text);
    for (const more of [[], ['--debug', '--verbose']]) {
      const ran = await runCli(computer, ['scan', provider, ...more]);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(says);
      expect(ran.stderr + ran.stdout).not.toContain(marker);
      if (more.length === 0) expect(ran.stderr).not.toMatch(/\n {4}at /);
    }
  });
});

describe('a cloud that cannot be reached', () => {
  test('a closed port is a gap and exit 3, not a hang', async () => {
    const closed = await closedPort();
    const started = Date.now();
    const env = {
      ...clouds.env,
      AISPM_ENDPOINT: `aws=http://127.0.0.1:${closed},alibaba=http://127.0.0.1:${closed},azure=https://127.0.0.1:${closed}`,
    };
    const { code, why, stdout, stderr } = await runCli(computer, ['scan', ...clouds.all, '--timeout', '2s'], { env });
    expect(code).toBe(3);
    expect(why).toMatch(/^exit 3: .*incomplete/);
    expect(stdout).toMatch(/connection|refused|reach/i);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(Date.now() - started).toBeLessThan(25_000);
  });

  test('a certificate that nobody vouches for is said so, with the flag that helps', async () => {
    const { code, stdout } = await runCli(computer, ['scan', 'azure', '--timeout', '5s'], {
      env: { ...clouds.env, AISPM_CA_FILE: undefined },
    });
    expect(code).toBe(3);
    expect(stdout).toMatch(/certificate/);
    expect(stdout).toMatch(/--ca-file/);
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
