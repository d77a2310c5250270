import type { ContentReader } from './content-reader.ts';
import type { Inners } from '../layer/inner-regions.ts';
import type { Region } from '../layer/places.ts';
import { blockBytes } from '../tar/tar-header.ts';
import { createTarWalker } from '../tar/tar-walker.ts';

export interface TarOptions {
  /** Where a region keeps what stands in it. */
  readonly inners: Inners;
  readonly limit: (subject: string) => void;
  /** At this offset of the tar one file ends, and the next begins right behind it. */
  readonly cut: (at: number) => void;
  readonly open: (file: Region, head: Uint8Array) => ContentReader | undefined;
}

const rememberedBytes = 1 << 20;

/** Its bytes were searched with what holds it: the walk only names places and finds containers. */
export function readTar(region: Region, { inners, limit, cut, open: openFile }: TarOptions): ContentReader {
  let passed = 0;
  /** Files that are looked into: what is found inside of them hangs on these very regions. */
  const open: Region[] = [];
  const walker = createTarWalker({
    member({ path, start, end }, head) {
      if (end === start) return undefined;
      if ((end - start) % blockBytes === 0) cut(end);
      const file = { path: `${region.path}!/${path}`, start, end };
      const reader = openFile(file, head);
      while (open.length > 0 && (open[0] as Region).end < start - rememberedBytes) open.shift();
      if (reader !== undefined) open.push(file);
      return reader;
    },
  });
  inners.set(region, (offset) => {
    const member = walker.memberAt(offset);
    if (member === undefined) return undefined;
    const { path, start, end } = member;
    return open.findLast((file) => file.start === start) ?? { path: `${region.path}!/${path}`, start, end };
  });
  return {
    push(bytes) {
      passed += bytes.length;
      walker.walk(bytes);
      walker.forget(passed - rememberedBytes);
    },
    end() {
      const { faults } = walker.end();
      if (faults.length > 0) limit('damaged archive inside a layer');
    },
  };
}
