import { utf8 } from '../recogniser.ts';

export interface RpmPackage {
  readonly name: string;
  readonly version: string;
}

/** As many bytes of a header as are looked at: the names stand behind an index of some hundred entries. */
export const rpmHeaderBytes = 16 << 10;

/**
 * Name and version of a package from the beginning of its header as the databases keep it: two counts, the index, the data
 * (https://rpm-software-management.github.io/rpm/manual/format_header.html). `short`: more bytes may tell; `undefined`: it is no header.
 */
export function readRpmHeader(bytes: Uint8Array): RpmPackage | 'short' | undefined {
  if (bytes.length < 24) return 'short';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = view.getUint32(0);
  const dataBytes = view.getUint32(4);
  // The first entry is a region: its tag is 61 to 63, its type binary.
  const isHeader = entries > 0 && entries <= mostEntries && dataBytes > 0 && view.getUint32(8) >= 61 && view.getUint32(8) <= 63;
  if (!isHeader || view.getUint32(12) !== binary) return undefined;
  const dataStart = 8 + entries * 16;
  const texts = new Map<number, string>();
  for (let at = 8; at + 16 <= Math.min(bytes.length, dataStart) && texts.size < 3; at += 16) {
    const tag = view.getUint32(at);
    if (tag < tags.name || tag > tags.release || view.getUint32(at + 4) !== string) continue;
    const from = dataStart + view.getUint32(at + 8);
    const end = bytes.indexOf(0, from);
    if (end < 0 || from > bytes.length) return 'short';
    texts.set(tag, utf8(bytes.subarray(from, end)));
  }
  const [name, version, release] = [tags.name, tags.version, tags.release].map((tag) => texts.get(tag));
  if (name === undefined || version === undefined) return bytes.length < dataStart ? 'short' : undefined;
  return { name, version: release === undefined ? version : `${version}-${release}` };
}

const mostEntries = 4096;
const binary = 7;
const string = 6;
const tags = { name: 1000, version: 1001, release: 1002 } as const;
