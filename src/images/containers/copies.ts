import type { Lane } from '../layer/lane.ts';
import type { Inners } from '../layer/inner-regions.ts';
import type { Region } from '../layer/places.ts';

/**
 * Bytes that are searched where they stand, and put together otherwise here, because half of a key may stand in either place. What is found in
 * both is told once.
 */
export interface Copies {
  /** False: a budget is spent, and nothing more is read. */
  write(name: string, bytes: Uint8Array): boolean;
  end(): void;
}

export interface CopiesOptions {
  readonly path: string;
  readonly lane: Lane;
  /** Where a region keeps what stands in it. */
  readonly inners: Inners;
  readonly isAffordable: (bytes: number) => boolean;
}

const rememberedFiles = 4096;

export function createCopies({ path, lane, inners, isAffordable }: CopiesOptions): Copies {
  const item = lane.begin(path);
  const files: Region[] = [];
  let offset = 0;
  inners.set(item.region, (at) => files.findLast(({ start, end }) => start <= at && at < end));
  return {
    write(name, bytes) {
      if (!isAffordable(bytes.length)) return false;
      if (files.length >= 2 * rememberedFiles) files.splice(0, rememberedFiles);
      files.push({ path: `${path}!/${name}`, start: offset, end: offset + bytes.length, isCopy: true });
      item.write(bytes);
      item.write(newline);
      offset += bytes.length + newline.length;
      return true;
    },
    end: () => item.end(),
  };
}

const newline = new Uint8Array([0x0a]);
