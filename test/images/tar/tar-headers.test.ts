import { describe, expect, test } from 'vitest';
import type { TarMember, TarSummary } from '../../../src/images/tar/tar-member.ts';
import { createTarWalker } from '../../../src/images/tar/tar-walker.ts';

describe('the name of a member', () => {
  test('is put together of the two parts of a POSIX header, and GNU keeps times in the place of the first', () => {
    const posix = block({ name: 'name.txt', prefix: 'a/long/folder' });
    const gnu = block({ name: 'name.txt', magic: 'ustar  \0', prefix: '15032474600' });
    expect(walk(posix, gnu).members.map(({ path }) => path)).toEqual(['a/long/folder/name.txt', 'name.txt']);
  });

  test('and where a link leads come from GNU members before it, each for one member alone', () => {
    const { members, summary } = walk(
      ...file({ name: '././@LongLink', type: 'K' }, 'the/target\0'),
      ...file({ name: '././@LongLink', type: 'L' }, 'the/name\0'),
      block({ name: 'short', type: '2', linkName: 'cut' }),
      block({ name: 'next', type: '2', linkName: 'own' }),
    );
    expect(members.map(({ path, linkName }) => [path, linkName])).toEqual([
      ['the/name', 'the/target'],
      ['next', 'own'],
    ]);
    expect(summary.faults).toEqual([]);
  });

  test('comes from a pax header: its own, else the global one, which holds for all that follow', () => {
    const { members } = walk(
      ...file({ name: 'global', type: 'g' }, record('path', 'everywhere') + record('linkpath', 'somewhere')),
      block({ name: 'a' }),
      ...file({ name: 'own', type: 'x' }, record('path', 'b-itself')),
      block({ name: 'b' }),
      block({ name: 'c' }),
    );
    expect(members.map(({ path, linkName }) => [path, linkName])).toEqual([
      ['everywhere', 'somewhere'],
      ['b-itself', 'somewhere'],
      ['everywhere', 'somewhere'],
    ]);
  });

  test('of a sparse file is the one that GNU writes beside a made-up path', () => {
    const said = record('GNU.sparse.name', 'holes.img') + record('path', 'GNUSparseFile.7/holes.img');
    expect(walk(...file({ name: 'x', type: 'x' }, said), block({ name: 'made/up' })).members[0]?.path).toBe('holes.img');
  });
});

describe('what a member is', () => {
  test('a name that ends in a slash was a directory before POSIX', () => {
    const old = block({ name: 'old/', magic: '', type: '\0' });
    expect(walk(old, block({ name: 'a/b/', type: '7' })).members.map(({ path, kind }) => [path, kind])).toEqual([
      ['old', 'directory'],
      ['a/b', 'file'],
    ]);
  });

  test.each(['1', '2', '3', '4', '5', '6'])(
    'type %s has no content, whatever its size says: a header may stand right behind it',
    (type) => {
      const { members, summary } = walk(block({ name: 'odd', type, size: 1024 }), ...file({ name: 'hidden' }, 'content'));
      expect(members.map(({ path, content }) => [path, content])).toEqual([
        ['odd', ''],
        ['hidden', 'content'],
      ]);
      expect(summary).toMatchObject({ faults: [], members: 2 });
    },
  );

  test('one block of zeros is no end: only members behind two of them are said to be behind it', () => {
    const zeros = Buffer.alloc(512);
    expect(walk(block({ name: 'a' }), zeros, block({ name: 'b' })).summary.membersBeyondEnd).toBe(0);
    expect(walk(block({ name: 'a' }), zeros, zeros, block({ name: 'b' })).summary.membersBeyondEnd).toBe(1);
  });

  test('the map of a sparse file goes on over blocks that are no content', () => {
    const sparse = block({ name: 'holes', type: 'S', size: 5, magic: 'ustar  \0', byte482: 1 });
    const more = Buffer.alloc(512, 0x31);
    more[504] = 1;
    const last = Buffer.alloc(512, 0x31);
    last[504] = 0;
    last[482] = 1;
    const { members, summary } = walk(sparse, more, last, padded('bytes'), ...file({ name: 'behind' }, 'x'));
    expect(members.map(({ path, content }) => [path, content])).toEqual([
      ['holes', 'bytes'],
      ['behind', 'x'],
    ]);
    expect(summary.faults).toEqual([]);
  });
});

describe('a header', () => {
  test('may have been summed with signed bytes, as old systems did', () => {
    expect(walk(block({ name: 'ünï', isSigned: true })).members[0]?.path).toBe('ünï');
  });

  test('that is summed wrongly is none, and so is one that says no sum', () => {
    const wrong = block({ name: 'ünï' });
    wrong[1] = 0x20;
    expect(walk(wrong).summary).toMatchObject({ isTar: false, members: 0 });
    const silent = block({ name: 'a' });
    silent.fill(0, 148, 156);
    expect(walk(silent).summary.isTar).toBe(false);
  });

  test('off the grid is found wherever in the block before it begins', () => {
    for (const shift of [1, 200, 300, 511]) {
      const { members, summary } = walk(block({ name: 'a' }), Buffer.alloc(shift, 0x41), ...file({ name: 'b' }, 'content'));
      expect(members.map(({ path, content }) => [path, content])).toEqual([
        ['a', ''],
        ['b', 'content'],
      ]);
      expect(summary.faults).toEqual(['no header where one should be, at offset 512']);
    }
  });

  test('with a negative size, or one above what a number holds, is a fault, and the next one is found', () => {
    const negative = Buffer.alloc(12, 0xff);
    const absurd = Buffer.alloc(12, 0xff);
    absurd[0] = 0x80;
    for (const sizeBytes of [negative, absurd]) {
      const { members, summary } = walk(block({ name: 'a' }), block({ name: 'b', sizeBytes }), block({ name: 'c' }));
      expect(members.map(({ path }) => path)).toEqual(['a', 'b', 'c']);
      expect(summary.faults).toEqual(['a member without a size, at offset 512']);
    }
  });

  test('behind junk from the start is found, and the junk is a fault', () => {
    expect(walk(padded('junk'), padded('junk'), block({ name: 'a' })).summary).toMatchObject({
      isTar: true,
      members: 1,
      faults: ['no header where one should be, from the start to offset 1024'],
    });
  });

  test('that is cut at the end of the archive is a fault', () => {
    expect(walk(block({ name: 'a' }), block({ name: 'b' }).subarray(0, 300)).summary.faults).toEqual(['the end is cut within a header']);
  });
});

describe('an extended header', () => {
  test.each([
    ['without a length', 'path=x\n'],
    ['with a length of more digits than any has', '00000000020 path=xx\n'],
    ['that is longer than it is', '99 path=x\n'],
    ['shorter than its own length', '2 path=x\n'],
    ['without a line end where it ends', '9 path=xy\n'],
    ['without an equals sign', '7 path\n'],
  ])('with a record %s is a fault, and what stands before it counts', (_, broken) => {
    const said = record('path', 'said') + broken;
    const { members, summary } = walk(...file({ name: 'x', type: 'x' }, said), block({ name: 'short' }));
    expect(members[0]?.path).toBe('said');
    expect(summary.faults).toEqual([`the extended header before offset ${512 + said.length} cannot be read`]);
  });

  test('says a size, which counts before that of the header unless it is no number', () => {
    const sized = (size: string): readonly Buffer[] => [
      ...file({ name: 'x', type: 'x' }, record('size', size)),
      block({ name: 'a', size: 3 }),
      padded('abcdefg'),
    ];
    const contents = ['7', '99999999999999999999', '-1', '0x7', ''].map((size) => walk(...sized(size)).members[0]?.content);
    expect(contents).toEqual(['abcdefg', 'abc', 'abc', 'abc', 'abc']);
  });

  test('of more than a megabyte is nobody’s name: a fault, and passed over', () => {
    const { members, summary } = walk(
      ...file({ name: 'x', type: 'x' }, record('path', 'x'.repeat(1 << 20))),
      ...file({ name: 'own' }, 'content'),
    );
    expect(members.map(({ path, content }) => [path, content])).toEqual([['own', 'content']]);
    expect(summary.faults).toEqual([`an extended header of ${(1 << 20) + 14} bytes, at offset 0`]);
  });

  test('without a size is a fault, and the next header is found', () => {
    const { members, summary } = walk(block({ name: 'x', type: 'x', sizeBytes: Buffer.alloc(12, 0xff) }), block({ name: 'a' }));
    expect(members.map(({ path }) => path)).toEqual(['a']);
    expect(summary.faults).toEqual(['a header without a size, at offset 0']);
  });

  test('that is cut is no member, and is said to be what it is', () => {
    const { members, summary } = walk(
      ...file({ name: 'x', type: 'x' }, record('path', 'y'.repeat(600))).map((part) => part.subarray(0, 512)),
    );
    expect(members).toEqual([]);
    expect(summary.faults).toEqual(['an extended header of unknown bytes is cut: 98 are missing']);
  });
});

interface Seen extends Pick<TarMember, 'path' | 'kind' | 'linkName'> {
  readonly content: string;
}

/** As one stream, in pieces that fall on no block. */
function walk(...parts: readonly Uint8Array[]): { readonly members: readonly Seen[]; readonly summary: TarSummary } {
  const members: (Omit<Seen, 'content'> & { content: string })[] = [];
  const walker = createTarWalker({
    member({ path, kind, linkName }) {
      const seen = { path, kind, linkName, content: '' };
      members.push(seen);
      return { push: (bytes) => void (seen.content += Buffer.from(bytes).toString()), end: () => {} };
    },
  });
  const bytes = Buffer.concat(parts);
  for (let at = 0; at < bytes.length; at += 333) walker.walk(bytes.subarray(at, at + 333));
  return { members, summary: walker.end() };
}

interface Header {
  readonly name: string;
  readonly prefix?: string;
  readonly linkName?: string;
  readonly type?: string;
  readonly magic?: string;
  readonly size?: number;
  readonly sizeBytes?: Uint8Array;
  readonly byte482?: number;
  readonly isSigned?: boolean;
}

function block({
  name,
  prefix,
  linkName,
  type = '0',
  magic = 'ustar\x0000',
  size = 0,
  sizeBytes,
  byte482,
  isSigned = false,
}: Header): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.set(sizeBytes ?? [], 124);
  header.write(type, 156, 'latin1');
  header.write(linkName ?? '', 157);
  header.write(magic, 257, 'latin1');
  header.write(prefix ?? '', 345);
  if (byte482 !== undefined) header[482] = byte482;
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + (isSigned && byte > 127 ? byte - 256 : byte), 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

const padded = (content: string): Buffer =>
  Buffer.concat([Buffer.from(content), Buffer.alloc((512 - (Buffer.byteLength(content) % 512)) % 512)]);

const file = (header: Header, content: string): readonly Buffer[] => [
  block({ ...header, size: Buffer.byteLength(content) }),
  padded(content),
];

/** A record of a pax header: its length counts its own digits. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  const digits = String(bytes + String(bytes).length).length;
  return `${bytes + digits}${rest}`;
}
