import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { a, b, noise, pass, places } from '../../../support/pass-lab.ts';
import { tarBytes } from '../../../support/tar-bytes.ts';

interface Entry {
  readonly name: string;
  readonly data: Buffer;
  readonly method?: number;
  readonly isStreamed?: boolean;
  /** Changes the header that stands before the file, and not the directory. */
  readonly lie?: (local: Buffer) => void;
}

const deflated = (text: string): Buffer => deflateRawSync(Buffer.from(text.repeat(2)));

/** A zip whose directory is right. `shift`: what is added to its offsets. */
function zipOf(entries: readonly Entry[], shift = 0): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, method = 8, isStreamed = false, lie } of entries) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(isStreamed ? 8 : 0, 6);
    local.writeUInt16LE(method, 8);
    if (!isStreamed) local.writeUInt32LE(data.length, 18);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt32LE(at + shift, 42);
    lie?.(local);
    const descriptor = Buffer.alloc(isStreamed ? 16 : 0);
    if (isStreamed) descriptor.writeUInt32LE(0x08074b50, 0);
    const part = Buffer.concat([local, Buffer.from(name), data, descriptor]);
    directory.push(Buffer.concat([central, Buffer.from(name)]));
    parts.push(part);
    at += part.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at + shift, 16);
  return Buffer.concat([...parts, listed, end]);
}

async function found(content: Buffer, size = 7_001) {
  const report = await pass(tarBytes([{ name: 'x', content }]), { size });
  return {
    keys: places(report).map(({ key }) => key),
    gaps: report.gaps.map(({ detail }) => detail),
    limits: report.limits.map(({ subject }) => subject),
  };
}

const first: Entry = { name: 'a', data: deflated(`K=${a} `) };
const otherwise = (count: number): string => `read in part: its directory lists ${count} of its files otherwise than they stand there`;

test('a directory that is right says nothing more, wherever the zip begins', async () => {
  const entries: readonly Entry[] = [first, { name: 'empty', data: Buffer.alloc(0), method: 0 }, { ...first, name: 'b', isStreamed: true }];
  const junk = noise(300);
  for (const content of [
    zipOf(entries),
    Buffer.concat([junk, zipOf(entries)]),
    Buffer.concat([junk, zipOf(entries, junk.length)]),
    Buffer.concat([Buffer.from('PK00'), zipOf(entries, 4)]),
    Buffer.concat([zipOf(entries), zipOf([first])]),
  ]) {
    for (const size of [13, 7_001]) {
      const { keys, ...others } = await found(content, size);
      expect([new Set(keys), others]).toEqual([new Set([a]), { gaps: [], limits: [] }]);
    }
  }
});

describe('a header that hides its file from who reads in order is a gap, for others read by the directory', () => {
  test.each<[string, (local: Buffer) => void]>([
    ['it says that the file is encrypted', (local) => local.writeUInt16LE(1, 6)],
    ['it names an unknown way of packing', (local) => local.writeUInt16LE(1, 8)],
    ['it says that the file is stored', (local) => local.writeUInt16LE(0, 8)],
    ['it says that the file is empty', (local) => local.writeUInt32LE(0, 18)],
    ['it says that the file is longer than all that follows', (local) => local.writeUInt32LE(0xfffffff0, 18)],
    ['it says that a longer name follows', (local) => local.writeUInt16LE(0xffff, 26)],
    ['it says that all that follows belongs to it', (local) => local.writeUInt16LE(0xffff, 28)],
  ])('%s', async (_, lie) => {
    const content = zipOf([{ name: 'a', data: deflated(`K=${b} `), lie }, first]);
    for (const one of [content, Buffer.concat([noise(100), content])]) {
      expect((await found(one)).gaps).toHaveLength(1);
    }
  });

  test('the directory says that nothing is packed in it', async () => {
    const content = zipOf([{ name: 'a', data: deflated(`K=${b} `), lie: (local) => local.writeUInt16LE(9, 8) }]);
    const central = content.indexOf('PK\x01\x02', 0, 'latin1');
    content.writeUInt32LE(0, central + 20);
    content.writeUInt32LE(20, central + 24);
    expect((await found(content)).gaps).toEqual([otherwise(1)]);
  });

  test('no header reads as one that anybody writes', async () => {
    const lie = (local: Buffer): void => void local.writeUInt16LE(200, 4);
    const content = Buffer.concat([noise(100), zipOf([{ ...first, lie }])]);
    for (const size of [1, 7_001])
      expect(await found(content, size)).toEqual({
        keys: [],
        gaps: ['not opened: a zip whose files stand in it as no program writes them'],
        limits: [],
      });
  });

  test('the directory leads into another file, to one of the same name and length', async () => {
    const hidden = zipOf([{ name: 'a', data: deflated(`K=${b} `) }]);
    const shown: Entry = { name: 'a', data: deflated('K=KEY_is_here ') };
    const padded = Buffer.concat([hidden.subarray(0, -69), Buffer.alloc(50)]);
    const content = zipOf([
      { name: 'a', data: shown.data.subarray(0, first.data.length), method: 8 },
      { name: 'data', data: padded, method: 0 },
    ]);
    // The directory's first line leads to the header inside of the stored file.
    content.writeUInt32LE(
      content.indexOf('PK\x03\x04', content.indexOf('data'), 'latin1'),
      content.indexOf('PK\x01\x02', content.indexOf(padded) + padded.length, 'latin1') + 42,
    );
    expect((await found(content)).gaps).toEqual([otherwise(1)]);
  });

  test('a second end stands in a comment', async () => {
    const inner = Buffer.concat([noise(200), zipOf([{ name: 'a', data: deflated(`K=${b} `), lie: (local) => local.writeUInt16LE(1, 6) }])]);
    const content = Buffer.concat([zipOf([first]), inner]);
    content.writeUInt16LE(inner.length, content.length - inner.length - 2);
    const { keys, gaps } = await found(content);
    expect([new Set(keys), gaps]).toEqual([new Set([a]), [otherwise(1)]]);
  });
});

test('a damaged file of a zip is a limit, and no gap: nobody reads more of it', async () => {
  for (const isStreamed of [false, true]) {
    const data = deflated(`K=${a} ${noise(300).toString('hex')}`);
    data.fill(0xff, 20, 60);
    const { gaps, limits } = await found(zipOf([{ name: 'a', data, isStreamed }, first]));
    expect({ gaps, limits }).toEqual({ gaps: [], limits: ['damaged archive inside a layer'] });
  }
});
