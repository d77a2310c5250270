import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { beforeEach, expect, test } from 'vitest';
import { writeChunks } from '../../src/cli/output.ts';
import type { Chunk } from '../../src/report/reporter.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'aispm-output-'));
});

async function* chunks(...all: readonly Chunk[]): AsyncGenerator<Chunk> {
  yield* all;
}

test('further files stand beside the main one, all of them private', async () => {
  const file = path.join(folder, 'out.sarif');
  const written = await writeChunks(
    chunks(
      { path: '', chunk: 'a' },
      { path: 'evidence/x.json', chunk: '{' },
      { path: '', chunk: 'b' },
      { path: 'evidence/x.json', chunk: '}' },
      { path: '-2', chunk: 'c' },
    ),
    { format: 'sarif', file },
    new PassThrough(),
  );
  expect(written).toEqual([file, path.join(folder, 'evidence/x.json'), path.join(folder, 'out-2.sarif')]);
  expect(await Promise.all(written.map((name) => readFile(name, 'utf8')))).toEqual(['ab', '{}', 'c']);
  const modes = await Promise.all(written.map(async (name) => (await stat(name)).mode & 0o777));
  expect(modes).toEqual([0o600, 0o600, 0o600]);
});

test('a report that breaks half-way leaves the old file as it was, and no half file', async () => {
  const file = path.join(folder, 'report.json');
  await writeFile(file, 'old');
  async function* broken(): AsyncGenerator<Chunk> {
    yield { path: '', chunk: 'new' };
    throw new Error('broken');
  }
  await expect(writeChunks(broken(), { format: 'json', file }, new PassThrough())).rejects.toThrow('broken');
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['report.json']);
});

test('a file that cannot be written is one sentence', async () => {
  await writeFile(path.join(folder, 'file'), '');
  const file = path.join(folder, 'file', 'report.json');
  await expect(writeChunks(chunks({ path: '', chunk: 'x' }), { format: 'json', file }, new PassThrough())).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('cannot write "') as string,
  });
});

test('a reader that has gone ends the writing quietly', async () => {
  const closed = new Writable({
    write(_chunk, _encoding, callback) {
      callback(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  closed.on('error', () => undefined);
  let asked = 0;
  async function* endless(): AsyncGenerator<Chunk> {
    for (;;) {
      asked += 1;
      yield { path: '', chunk: 'line\n' };
    }
  }
  expect(await writeChunks(endless(), { format: 'json', file: '-' }, closed)).toEqual([]);
  expect(asked).toBe(1);
});
