/** Everything that can be said about the sources without running them: all at once, each failure in full. */
import { spawn } from 'node:child_process';

interface Check {
  readonly name: string;
  readonly script: string;
  /** What the output must say beside ending well: a tool that looked at nothing finds nothing. */
  readonly lookedAt?: RegExp;
}

const checks: readonly Check[] = [
  { name: 'types', script: 'check:types' },
  { name: 'lint', script: 'check:lint', lookedAt: /on [1-9]\d* files/ },
  { name: 'format', script: 'check:format', lookedAt: /Checked [1-9]\d* files/ },
  { name: 'imports', script: 'check:imports', lookedAt: /\b[1-9]\d* modules/ },
  { name: 'unused', script: 'check:unused' },
];

const wanted = process.argv.slice(2);
const chosen = checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const failures = (await Promise.all(chosen.map(run))).filter((passed) => !passed).length;
if (failures > 0) process.exitCode = 1;

async function run({ name, script, lookedAt }: Check): Promise<boolean> {
  const start = performance.now();
  const { code, output } = await npmRun(script);
  const passed = code === 0 && (lookedAt?.test(output) ?? true);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(8)} ${seconds.padStart(5)} s\n`);
  if (!passed) process.stdout.write(`${output.trimEnd()}\n\n`);
  return passed;
}

function npmRun(script: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
