import type { Inners } from './inner-regions.ts';
import type { Region } from './places.ts';

/** Names the files of a container that stand in it as they are; without a name, a part of it. Offsets are the container's. */
export type AddStored = (name: string, start: number, end: number) => Region;

const rememberedBytes = 1 << 20;

export function storedFiles(region: Region, inners: Inners): AddStored {
  const files: Region[] = [];
  inners.set(region, (offset) => files.findLast((file) => file.start <= offset && offset < file.end));
  return (name, start, end) => {
    while (files.length > 0 && (files[0] as Region).end < start - rememberedBytes) files.shift();
    const file = { path: name === '' ? region.path : `${region.path}!/${name}`, start, end };
    files.push(file);
    return file;
  };
}
