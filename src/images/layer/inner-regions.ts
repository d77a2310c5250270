import type { Region } from './places.ts';

/** The files inside of regions, by offset from the region's start; their own offsets are counted from there, too. */
export type Inners = WeakMap<Region, (offset: number) => Region | undefined>;

/** Deeper ones are not opened, so that nothing has a place in them. */
const deepest = 8;

/** The file that an offset is in, as far inside as files are known; its offsets are those of the whole. */
export function innermostOf(inners: Inners, region: Region, offset: number): Region {
  let at = region;
  for (let n = 0; n < deepest; n++) {
    const inner = inners.get(at)?.(offset - at.start);
    if (inner === undefined) return at;
    const { start } = at;
    const absolute = { ...inner, start: start + inner.start, end: start + inner.end };
    const deeper = inners.get(inner);
    if (deeper !== undefined) inners.set(absolute, deeper);
    at = absolute;
  }
  return at;
}
