import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { a, b, noise, pass, places } from '../../../support/pass-lab.ts';
import { tarBytes } from '../../../support/tar-bytes.ts';

let folder = '';
/** A repository whose second commit changes the middle of a key in the first: in the pack one is a delta of the other. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'git-'));
  const filler = noise(6_000)
    .toString('base64')
    .replaceAll(/(.{60})/g, '$1\n');
  git('init', '-q');
  for (const key of [a, `${a.slice(0, 8)}zz${a.slice(10)}`]) {
    writeFileSync(join(folder, 'app.env'), `${filler}TOKEN=${key}\n${filler}`);
    git('add', '.');
    git('commit', '-qm', `as ${b}`);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function git(...words: readonly string[]): Buffer {
  return gitWith('', ...words);
}

function gitWith(input: string, ...words: readonly string[]): Buffer {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  return execFileSync('git', ['-C', folder, ...who, ...words], { input, stdio: ['pipe', 'pipe', 'ignore'] });
}

const allObjects = (): string =>
  git('rev-list', '--objects', '--all')
    .toString()
    .split('\n')
    .map((line) => line.split(' ')[0])
    .join('\n');

async function found(name: string, content: Uint8Array, size = 7_001) {
  const report = await pass(tarBytes([{ name, content }]), { size });
  return { keys: new Set(places(report).flatMap(({ key }) => key ?? [])), gaps: report.gaps, limits: report.limits };
}

const both = { keys: new Set([a, b]), gaps: [], limits: [] };

describe("what the system's git writes is put together", () => {
  it.each([
    ['deltas by offset', ['--delta-base-offset']],
    ['deltas by name', []],
  ])('a pack with %s', async (_, options) => {
    const pack = gitWith(allObjects(), 'pack-objects', '--stdout', '-q', '--window=50', ...options);
    for (const size of [1, 7_001]) expect(await found('p.pack', pack, size)).toEqual(both);
  });

  it('a bundle', async () => {
    git('bundle', 'create', join(folder, 'all.bundle'), '--all');
    for (const size of [1, 7_001]) expect(await found('all.bundle', readFileSync(join(folder, 'all.bundle')), size)).toEqual(both);
  });

  it('a bundle of the last commit alone: what it changes is elsewhere, and that is counted', async () => {
    git('bundle', 'create', join(folder, 'last.bundle'), 'HEAD', '^HEAD~1');
    const { keys, gaps, limits } = await found('last.bundle', readFileSync(join(folder, 'last.bundle')));
    expect({ keys, gaps }).toEqual({ keys: new Set([b]), gaps: [] });
    expect(limits).toEqual([
      { subject: 'change of a git object whose earlier form is not at hand, read by itself', count: expect.any(Number) as number },
    ]);
  });
});

/** A pack of our own making: for each object its type, what it names as base, and its content. */
function packOf(objects: readonly { readonly type: number; readonly base?: string; readonly content: Buffer }[]): Buffer {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(objects.length, 8);
  const parts = objects.map(({ type, base = '', content }) => {
    const size = content.length;
    const sizes = size < 16 ? [(type << 4) | size] : [0x80 | (type << 4) | (size & 15), size >> 4];
    return Buffer.concat([Buffer.from(sizes), Buffer.from(base, 'hex'), deflateSync(content)]);
  });
  return Buffer.concat([head, ...parts, Buffer.alloc(20)]);
}

const nameOf = (content: Buffer): string => createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
/** Changes nothing but the sizes' first bytes: copies all of the base, then adds. */
const adding = (base: number, text: string): Buffer =>
  Buffer.concat([Buffer.from([base, base + text.length, 0x90, base, text.length]), Buffer.from(text)]);

it('a delta that stands before what it changes, as fetches leave them, is put together, and those that change it', async () => {
  const base = Buffer.from(`text ${a.slice(0, 6)}`);
  const second = Buffer.from(`${base.toString()}${a.slice(6, 9)}`);
  const pack = packOf([
    { type: 7, base: nameOf(second), content: adding(second.length, `${a.slice(9)} end`) },
    { type: 7, base: nameOf(base), content: adding(base.length, a.slice(6, 9)) },
    { type: 3, content: base },
  ]);
  expect(await found('p.pack', pack)).toEqual({ keys: new Set([a]), gaps: [], limits: [] });
});

it('a pack that was cut or changed ends, and what was held of it is searched', async () => {
  const pack = packOf([
    { type: 7, base: '00'.repeat(20), content: adding(9, ` ${b} `) },
    { type: 3, content: Buffer.from(a) },
  ]);
  expect((await found('p.pack', pack)).keys).toEqual(new Set([a, b]));
  for (let cut = 12; cut < pack.length; cut++) await found('p.pack', pack.subarray(0, cut));
  expect((await found('p.pack', pack.subarray(0, pack.length - 25))).keys).toContain(b);
});
