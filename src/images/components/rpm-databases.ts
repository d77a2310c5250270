import { nothing, type Recogniser, latin1 } from './recogniser.ts';

/** Recognises the databases of rpm. Their packages stand in binary headers scattered over pages; reading them needs the whole file at once. */
export const rpmDatabases: Recogniser = {
  wants(path, base) {
    return names.has(base) && /(?:^|\/)(?:var\/lib\/rpm|usr\/lib\/sysimage\/rpm|usr\/share\/rpm)\/[^/]+$/.test(path) ? 'head' : undefined;
  },
  read({ bytes }) {
    const format = formatOf(bytes);
    return format === undefined
      ? nothing
      : { components: [], limits: [`rpm package databases (${format}), whose packages are not listed`] };
  },
};

const names: ReadonlySet<string> = new Set(['rpmdb.sqlite', 'Packages.db', 'Packages']);

function formatOf(bytes: Uint8Array): 'sqlite' | 'ndb' | 'Berkeley DB' | undefined {
  const start = latin1(bytes.subarray(0, 16));
  if (start.startsWith('SQLite format 3\0')) return 'sqlite';
  if (start.startsWith('RpmP')) return 'ndb';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 16) return undefined;
  return [view.getUint32(12, true), view.getUint32(12, false)].some((magic) => magic === 0x061561 || magic === 0x053162)
    ? 'Berkeley DB'
    : undefined;
}
