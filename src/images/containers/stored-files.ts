import type { Inners } from '../layer/inner-regions.ts';
import type { Region } from '../layer/places.ts';

/** Names the files of a container that stand in it as they are; without a name, a part of it. Offsets are the container's. */
export type AddStored = (name: string, start: number, end: number) => Region;

const rememberedBytes = 1 << 20;
const fewFiles = 64;

export function storedFiles(region: Region, inners: Inners): AddStored {
  const files: Region[] = [];
  inners.set(region, (offset) => files.findLast((file) => file.start <= offset && offset < file.end));
  let lookAgain = fewFiles;
  return (name, start, end) => {
    // Seldom, so that an archive of a million files costs no more than its length.
    if (files.length >= lookAgain) {
      const kept = files.findIndex((file) => file.end >= start - rememberedBytes);
      files.splice(0, kept < 0 ? files.length : kept);
      lookAgain = 2 * files.length + fewFiles;
    }
    const file = { path: name === '' ? region.path : `${region.path}!/${name}`, start, end };
    files.push(file);
    return file;
  };
}
