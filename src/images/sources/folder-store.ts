import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { openExtent } from './extent.ts';
import { isBlobName, type MemberStore, MemberMissing, streamFile } from './member-store.ts';

/** An OCI layout in a folder. Names of members are the layout's own and digests: none comes from what an image says of itself. */
export function openFolder(folder: string): MemberStore {
  const place = (member: string) => path.join(folder, ...member.split('/'));
  return {
    name: path.basename(path.resolve(folder)),
    problems: [],
    has: (member) => isFile(place(member)),
    async *stream(member, signal) {
      // A pipe or a device in the place of a blob would never end.
      if (!(await isFile(place(member)))) throw new MemberMissing(`"${member}" is not in the folder, or is no file`);
      const handle = await open(place(member), 'r');
      try {
        yield* streamFile(handle, 0, (await handle.stat()).size, signal);
      } finally {
        await handle.close();
      }
    },
    async blobs() {
      const algorithms = await namesIn(place('blobs'));
      const members = await Promise.all(
        algorithms.map(async (algorithm) => (await namesIn(place(`blobs/${algorithm}`))).map((name) => `blobs/${algorithm}/${name}`)),
      );
      return members.flat().filter(isBlobName);
    },
    async extent(member) {
      return (await isFile(place(member))) ? openExtent(place(member)).catch(() => undefined) : undefined;
    },
    close: async () => {},
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
