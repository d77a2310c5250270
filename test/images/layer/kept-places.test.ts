import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { missingProgram, runProgram } from '../../support/registry-programs.ts';
import { a, b, c, pass, places } from '../../support/pass-lab.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

/** Places where AI work leaves keys: files that are no archives, and are found as they are. */
const keysIn = async (name: string, content: Uint8Array | string) => {
  const report = await pass(tarBytes([{ name, content }]));
  return { keys: places(report).map(({ key, path }) => [key, path]), gaps: report.gaps, limits: report.limits };
};

const missing = missingProgram('python3', 'sqlite3');

test.skipIf(missing !== undefined)(`bytecode, pickles and SQLite (${missing ?? 'all programs are here'})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'places-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = `
import pickle, py_compile, sys
open('s.py', 'w').write('KEY = "${a}"\\ndef f(): return "${b}"\\n')
py_compile.compile('s.py', cfile='s.pyc')
for protocol in range(6): pickle.dump({'key': '${c}'}, open('p%d.pkl' % protocol, 'wb'), protocol)
`;
  execFileSync('python3', ['-c', program], { cwd: folder });
  const file = (name: string) => readFileSync(join(folder, name));
  expect(new Set((await keysIn('s.pyc', file('s.pyc'))).keys.map(([key]) => key))).toEqual(new Set([a, b]));
  for (let protocol = 0; protocol < 6; protocol++) expect((await keysIn('p.pkl', file(`p${protocol}.pkl`))).keys).toEqual([[c, 'p.pkl']]);
  runProgram('sqlite3', [
    join(folder, 'state.db'),
    `create table t (k text); insert into t values ('x${'y'.repeat(9_000)}'), ('${a}'), ('${b}')`,
  ]);
  const database = await keysIn('mlflow.db', file('state.db'));
  expect(new Set(database.keys.map(([key]) => key))).toEqual(new Set([a, b]));
  expect(database).toMatchObject({
    gaps: [],
    limits: [],
  });
});

test('notebooks with outputs, headers of models, and refs of git', async () => {
  const notebook = JSON.stringify({
    cells: [
      { cell_type: 'code', source: [`client = Client("${a}")\n`], outputs: [{ text: [`using ${b}\n`] }] },
      { cell_type: 'markdown', source: ['# x'] },
    ],
    nbformat: 4,
  });
  expect((await keysIn('work/n.ipynb', notebook)).keys).toEqual([
    [a, 'work/n.ipynb'],
    [b, 'work/n.ipynb'],
  ]);
  const header = JSON.stringify({
    __metadata__: { source: `https://x/?token=${a}` },
    w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  expect((await keysIn('m.safetensors', Buffer.concat([length, Buffer.from(header), Buffer.alloc(4)]))).keys).toEqual([
    [a, 'm.safetensors'],
  ]);
  expect((await keysIn('m.gguf', Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(20), Buffer.from(a), Buffer.alloc(40)]))).keys).toEqual([
    [a, 'm.gguf'],
  ]);
  expect((await keysIn('src/.git/packed-refs', `# pack-refs\n${'0'.repeat(40)} refs/heads/${c}\n`)).keys).toEqual([
    [c, 'src/.git/packed-refs'],
  ]);
});
