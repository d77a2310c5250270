import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, linkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract, pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { isHeader } from '../../../src/images/tar/tar-header.ts';
import type { TarMember, TarSummary } from '../../../src/images/tar/tar-member.ts';
import { createTarWalker } from '../../../src/images/tar/tar-walker.ts';

interface Seen extends Omit<TarMember, 'start' | 'end'> {
  readonly content: string;
}

test('what the system writes is walked as the system lists it, in every format', () => {
  const folder = mkdtempSync(join(tmpdir(), 'walker-'));
  try {
    const deep = Array.from({ length: 12 }, () => 'a-long-directory-name').join('/');
    mkdirSync(join(folder, 'tree', deep), { recursive: true });
    writeFileSync(join(folder, 'tree', deep, `${'x'.repeat(120)}.txt`), 'deep');
    writeFileSync(join(folder, 'tree/one'), '1'.repeat(1024));
    writeFileSync(join(folder, 'tree/ünï 文 🗝'), 'ü');
    writeFileSync(join(folder, 'tree/empty'), '');
    linkSync(join(folder, 'tree/one'), join(folder, 'tree/two'));
    symlinkSync('../../etc/passwd', join(folder, 'tree/link'));
    execFileSync('truncate', ['-s', '4M', join(folder, 'tree/holes')]);
    for (const format of ['gnu', 'pax', 'oldgnu', 'posix']) {
      const options = ['--sort=name', `--format=${format}`, '-cf', '-', '-C', folder, '.'];
      const bytes = execFileSync('tar', options, { maxBuffer: 1 << 28 });
      const listed = execFileSync('tar', ['--quoting-style=literal', '-tf', '-'], { input: bytes, encoding: 'utf8' });
      const { members, summary } = walk(bytes, [100_000]);
      const expected = listed
        .trim()
        .split('\n')
        .map((name) => name.replace(/^\.\/|\/$/g, '').replace(/^\.$/, ''));
      expect(members.map(({ path }) => path)).toEqual(expected);
      expect(summary.faults).toEqual([]);
      expect(members.find(({ path }) => path === 'tree/one')?.content).toBe('1'.repeat(1024));
      expect(members.find(({ path }) => path === 'tree/two')).toMatchObject({ kind: 'hard-link', linkName: './tree/one' });
      const sparse = execFileSync('tar', [...options.slice(0, 2), '-S', ...options.slice(2)], { maxBuffer: 1 << 28 });
      expect(walk(sparse, [9_999]).members.map(({ path }) => path)).toEqual(expected);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('random archives are walked as tar-stream reads them, however they are cut', async () => {
  const name = fc.array(fc.stringMatching(/^[a-z0-9._ é文-]{1,40}$/), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/'));
  const entry = fc.record({
    name,
    content: fc.string({ maxLength: 1_500 }),
    type: fc.constantFrom('file' as const, 'symlink' as const, 'link' as const),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 5 }),
      async (entries, cuts) => {
        const bytes = await packed(entries);
        const { members, summary } = walk(bytes, cuts);
        const known = await listed(bytes);
        expect(members.map(({ path, content }) => ({ path, content }))).toEqual(
          known.map(({ path, content }) => ({ path: clean(path), content })),
        );
        expect(summary.faults).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test('bytes that were put in or lost between members cost no later member its name', () => {
  const parts = [member('a', 'first'), member('b', 'x'.repeat(1_000)), member('c', 'last'), member('d', '')];
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), fc.integer({ min: 1, max: 1_500 }), (junk, cut) => {
      const bytes = Buffer.concat([parts[0] as Buffer, junk.map((byte) => byte | 1), ...parts.slice(1), Buffer.alloc(1_024)]);
      // Once in some ten thousand times a shifted header has the right checksum where it is not.
      for (let at = 1_024; at < 1_024 + junk.length; at += 512) fc.pre(!isHeader(bytes, at));
      const { members, summary } = walk(bytes, [cut]);
      expect(members.map(({ path, content }) => [path, content])).toEqual([
        ['a', 'first'],
        ['b', 'x'.repeat(1_000)],
        ['c', 'last'],
        ['d', ''],
      ]);
      expect(summary.faults.length).toBe(junk.length === 0 ? 0 : 1);
    }),
    { numRuns: 100 },
  );
});

test('a garbled header costs its own member a name, and no other', () => {
  const bytes = Buffer.concat([member('a', 'first'), member('b', 'x'.repeat(1_000)), member('c', 'last'), Buffer.alloc(1_024)]);
  const damaged = Buffer.from(bytes);
  damaged[1_024 + 150] = 0x39;
  const { members, summary } = walk(damaged, [300]);
  expect(members.map(({ path, content }) => [path, content])).toEqual([
    ['a', 'first'],
    ['c', 'last'],
  ]);
  expect(summary.faults).toEqual(['no header where one should be, at offset 1024']);
});

test('negative, absurd and unreadable sizes, cut ends and junk never lose what stands before, nor hang', () => {
  const good = member('a', 'first');
  const sized = (size: Buffer): Buffer => member('b', 'body', { size });
  const negative = walk(Buffer.concat([good, sized(Buffer.alloc(12, 0xff)), member('c', 'last')]), [512]);
  expect(negative.members.map(({ path }) => path)).toEqual(['a', 'b', 'c']);
  expect(negative.summary.faults).toEqual(['a member without a size, at offset 1024']);
  const absurd = walk(Buffer.concat([good, sized(Buffer.from('77777777777\0'))]), [512]);
  expect(absurd.summary.faults).toEqual([`a member of ${8 ** 11 - 1} bytes is cut: ${8 ** 11 - 1 - 512} are missing`]);
  expect(absurd.members.at(-1)).toMatchObject({ path: 'b' });
  expect(walk(Buffer.concat([good, sized(Buffer.from('12345678901\0'))]), [512]).summary.faults).toHaveLength(1);
  expect(walk(good.subarray(0, 700), [512]).summary.faults).toEqual([]);
  expect(walk(good.subarray(0, 514), [512]).summary.faults).toEqual(['a member of 5 bytes is cut: 3 are missing']);
  expect(walk(Buffer.from('no tar at all'.repeat(100)), [512]).summary).toMatchObject({ isTar: false, members: 0, faults: [] });
});

test('a size above 8 GiB is read in base-256, and the member behind it is found', () => {
  const size = Buffer.alloc(12);
  size[0] = 0x80;
  size.writeUInt32BE(2, 4);
  size.writeUInt32BE(5, 8); // 2^33 + 5
  const names: string[] = [];
  const walker = createTarWalker({ member: ({ path }) => void names.push(path) });
  walker.walk(member('big', '', { size }).subarray(0, 512));
  const zeros = Buffer.alloc(1 << 20);
  for (let n = 0; n < 8192; n++) walker.walk(zeros);
  walker.walk(Buffer.alloc(512));
  expect(walker.memberAt(512 + 2 ** 33)).toMatchObject({ path: 'big', start: 512, end: 512 + 2 ** 33 + 5 });
  walker.walk(member('behind', 'x'));
  expect(names).toEqual(['big', 'behind']);
  expect(walker.end().faults).toEqual([]);
});

test('the content of a link or directory is none, as container runtimes take it', () => {
  const bytes = Buffer.concat([member('d', '', { type: '5', size: Buffer.from('00000001000\0') }), member('f', 'file')]);
  expect(walk(bytes, [512]).members.map(({ path, kind }) => [path, kind])).toEqual([
    ['d', 'directory'],
    ['f', 'file'],
  ]);
});

test('members behind the end of the archive are walked and counted', () => {
  const { members, summary } = walk(Buffer.concat([member('a', 'x'), Buffer.alloc(1_024), member('b', 'y')]), [600]);
  expect(members.map(({ path }) => path)).toEqual(['a', 'b']);
  expect(summary).toMatchObject({ membersBeyondEnd: 1, faults: [] });
});

test('random headers never hang or throw, and a good member behind them is found', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 12, maxLength: 12 }), { maxLength: 3 }),
      fc.constantFrom('0', '1', '5', 'S', 'x', 'L', 'g', 'V', '\0', '7'),
      (sizes, type) => {
        const odd = sizes.map((size) => member('odd', 'content', { size: Buffer.from(size), type }));
        const { members, summary } = walk(Buffer.concat([...odd, Buffer.alloc(1_024), member('good', 'x')]), [777]);
        const isCut = summary.faults.some((fault) => fault.includes('is cut'));
        expect(isCut || members.some(({ content }) => content === 'x') || type === 'S').toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

function walk(bytes: Uint8Array, cuts: readonly number[]): { members: readonly Seen[]; summary: TarSummary } {
  const members: (Omit<Seen, 'content'> & { content: string })[] = [];
  const walker = createTarWalker({
    member({ path, kind, linkName }, head) {
      const seen = { path, kind, linkName, content: '' };
      members.push(seen);
      if (head.length === 0) return undefined;
      const parts: Buffer[] = [];
      return { push: (part) => void parts.push(Buffer.from(part)), end: () => void (seen.content = Buffer.concat(parts).toString()) };
    },
  });
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = cuts[n % cuts.length] as number;
    walker.walk(bytes.subarray(at, at + size));
    at += size;
  }
  return { members, summary: walker.end() };
}

function member(name: string, content: string, { size, type = '0' }: { readonly size?: Buffer; readonly type?: string } = {}): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  size?.copy(header, 124);
  header.write(type, 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

async function packed(entries: readonly { name: string; content: string; type: 'file' | 'symlink' | 'link' }[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content, type } of entries) {
    if (type === 'file') archive.entry({ name }, content);
    else archive.entry({ name, type, linkname: 'some/where' });
  }
  archive.finalize();
  return contentOf(archive);
}

async function listed(bytes: Buffer): Promise<{ path: string; content: string }[]> {
  const archive = extract();
  archive.end(bytes);
  const seen = [];
  for await (const entry of archive) seen.push({ path: entry.header.name, content: (await contentOf(entry)).toString() });
  return seen;
}

async function contentOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part as Uint8Array); // no encoding is set
  return Buffer.concat(parts);
}

const clean = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
