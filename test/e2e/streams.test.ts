import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Computer, newComputer, runCli, runShell } from '../support/run-cli.ts';
import { type Clouds, startClouds } from '../support/start-clouds.ts';

let computer: Computer;
let clouds: Clouds;

beforeAll(async () => {
  computer = await newComputer();
  clouds = await startClouds(computer);
  await runCli(computer, ['discover', ...clouds.all, '-o', 'inventory.json'], { env: clouds.env });
});
afterAll(() => clouds.close());

const stackTrace = /\n {4}at /;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const escapes = /[\u001b\u009b]/;
// oxlint-disable-next-line no-control-regex -- the same
const colours = /\u001b\[[\d;]*m/;

describe.each(['json', 'ndjson', 'sarif', 'table'])('%s', (format) => {
  test('stdout is the report and nothing else; -q silences stderr and changes no byte', async () => {
    const loud = await runCli(computer, ['scan', ...clouds.all, '-f', format], { env: clouds.env });
    const quiet = await runCli(computer, ['scan', ...clouds.all, '-f', format, '-q'], { env: clouds.env });
    expect({ loud: loud.code, quiet: quiet.code, stderr: quiet.stderr }).toEqual({ loud: 1, quiet: 1, stderr: '' });
    expect(quiet.stdout === loud.stdout).toBe(true);
    expect(loud.stdout).not.toMatch(escapes);
    expect(loud.stderr).not.toMatch(escapes);
    expect(loud.why).toMatch(/^exit 1: /);
    const documents = format === 'ndjson' ? loud.stdout.trimEnd().split('\n') : format === 'table' ? [] : [loud.stdout];
    for (const document of documents) JSON.parse(document);
  });

  test('`| head -1` ends quietly', async () => {
    const { stdout, stderr, code } = await runShell(computer, `set -o pipefail; aispm evaluate inventory.json -f ${format} -q | head -1`);
    expect({ stderr, lines: stdout.split('\n').length }).toEqual({ stderr: '', lines: 2 });
    expect([0, 1, 141]).toContain(code);
  });
});

test.skipIf(!existsSync('/dev/full'))('a disk that is full behind `>` is one sentence, for a report and for help', async () => {
  const report = await runShell(computer, 'aispm evaluate inventory.json -f json -q >/dev/full');
  expect({ code: report.code, stderr: report.stderr }).toEqual({
    code: 2,
    stderr:
      'error: cannot write to stdout: the disk is full\n  choose another place with -o, or make room\nexit 2: usage or configuration error\n',
  });
  expect(await runShell(computer, 'aispm image --help >/dev/full')).toMatchObject({ code: 2, stderr: '' });
});

test('--json is -f json', async () => {
  const [json, format] = await Promise.all([
    runCli(computer, ['evaluate', 'inventory.json', '--json']),
    runCli(computer, ['evaluate', 'inventory.json', '-f', 'json']),
  ]);
  expect(json.stdout === format.stdout).toBe(true);
});

test.each([
  ['nothing', {}, [], false],
  ['FORCE_COLOR', { FORCE_COLOR: '1' }, [], true],
  ['--color', {}, ['--color'], true],
  ['FORCE_COLOR and NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
  ['FORCE_COLOR and --no-color', { FORCE_COLOR: '1' }, ['--no-color'], false],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, [], false],
] as const)('colour without a terminal, with %s', async (_, env, flags, colored) => {
  const { stdout } = await runCli(computer, ['evaluate', 'inventory.json', ...flags], { env });
  expect(escapes.test(stdout)).toBe(colored);
});

test('colour never reaches a file or a format for machines', async () => {
  await runCli(computer, ['evaluate', 'inventory.json', '--color', '-f', 'table=table.txt', '-f', 'json=colored.json']);
  expect(await computer.read('table.txt')).not.toMatch(escapes);
  expect(await computer.read('colored.json')).not.toMatch(escapes);
});

describe('on a terminal', () => {
  /** Runs a line in a pseudo-terminal of 100 columns and gives what it would have shown. */
  async function onTerminal(line: string, env: { readonly [name: string]: string } = {}): Promise<string> {
    await computer.write('terminal.py', pseudoTerminal);
    const { stdout } = await runShell(computer, `python3 terminal.py "$LINE"`, {
      env: { ...clouds.env, ...env, LINE: `"${process.execPath}" "$AISPM" ${line}`, TERM: 'xterm-256color' },
    });
    return stdout;
  }

  test('progress moves and is removed before the summary', async () => {
    const shown = await onTerminal(`scan ${clouds.all.join(' ')} -f json=report.json`);
    // Many at once are summed by cloud, and which are at work at once depends on the machine.
    expect(shown).toMatch(/(?:111122223333 \S+|aws \(\d+ account-regions\)): \d+ calls/);
    const cleared = shown.lastIndexOf('\u001b[0J');
    expect(cleared).toBeGreaterThan(shown.lastIndexOf(' calls, '));
    expect(shown.slice(cleared)).toMatch(/assets .*findings .*coverage .*exit 1: /s);
  });

  test('--no-progress, -q and CI keep it away', async () => {
    const [flag, quiet, ci] = await Promise.all([
      onTerminal(`scan ${clouds.aws.join(' ')} -f json=a.json --no-progress`),
      onTerminal(`scan ${clouds.aws.join(' ')} -f json=b.json -q`),
      onTerminal(`scan ${clouds.aws.join(' ')} -f json=c.json`, { CI: 'true' }),
    ]);
    for (const shown of [flag, quiet, ci]) expect(shown).not.toMatch(escapes);
    expect(quiet.trim()).toBe('');
  });

  test('the table is coloured, unless NO_COLOR says otherwise', async () => {
    expect(colours.test(await onTerminal('evaluate inventory.json'))).toBe(true);
    expect(colours.test(await onTerminal('evaluate inventory.json', { NO_COLOR: '1' }))).toBe(false);
  });
});

test('--debug writes request lines, and neither headers nor query values nor keys', async () => {
  const { stderr } = await runCli(computer, ['scan', ...clouds.all, '-f', 'json', '--debug'], { env: clouds.env });
  expect(stderr).toMatch(/GET .*127\.0\.0\.1.* 200/);
  expect(stderr).not.toMatch(/authorization:|signature|bearer|api-version=/i);
  for (const key of clouds.keys) expect(stderr).not.toContain(key);
  expect(stderr).not.toMatch(stackTrace);
});

const pseudoTerminal = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    os.execvp('bash', ['bash', '-c', sys.argv[1]])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 100, 0, 0))
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
os.waitpid(pid, 0)
`;
