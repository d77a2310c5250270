import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { openExtent } from './extent.ts';
import { isBlobName, isDiskError, type MemberStore, MemberMissing, streamFile } from './member-store.ts';

/** An OCI layout in a folder, or an unpacked archive. Whatever an image names its members, they lie inside of the folder. */
export function openFolder(folder: string): MemberStore {
  const place = (member: string) => path.join(folder, ...member.split('/'));
  const isMember = async (member: string) => !leadsOut(member) && (await isFile(place(member)));
  return {
    name: path.basename(path.resolve(folder)),
    problems: [],
    has: isMember,
    async *stream(member, signal) {
      // A pipe or a device in the place of a blob would never end.
      if (!(await isMember(member))) throw new MemberMissing(`"${member}" is not in the folder, or is no file`);
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
      const isHere = await isMember(member).catch(() => false);
      return isHere ? openExtent(place(member)).catch(() => undefined) : undefined;
    },
    close: async () => {},
  };
}

const leadsOut = (member: string): boolean => member.includes('\\') || member.split('/').includes('..');

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if (isDiskError(error) && !['ENOENT', 'ENOTDIR'].includes(error.code)) throw error;
    return false;
  }
}
