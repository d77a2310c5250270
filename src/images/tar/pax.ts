import { nameText } from './tar-header.ts';

/** What a pax or GNU metadata member says about the member that follows it. */
export interface TarOverrides {
  readonly path?: string;
  /** The name of a sparse file, whose `path` is made up. */
  readonly sparsePath?: string;
  readonly linkName?: string;
  readonly size?: number;
}

/** Records are `<length> <key>=<value>\n` (POSIX.1-2001, pax). Reads until the first record that is none; not `isWhole` when there was one. */
export function readPax(bytes: Uint8Array): { readonly said: TarOverrides; readonly isWhole: boolean } {
  let said: TarOverrides = {};
  for (let at = 0; at < bytes.length && bytes[at] !== 0; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 || space - at > 10 ? '' : nameText(bytes.subarray(at, space));
    const end = at + Number(digits);
    if (!/^\d+$/.test(digits) || end > bytes.length || end <= space || bytes[end - 1] !== 0x0a) return { said, isWhole: false };
    const equals = bytes.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) return { said, isWhole: false };
    said = { ...said, ...record(nameText(bytes.subarray(space + 1, equals)), bytes.subarray(equals + 1, end - 1)) };
    at = end;
  }
  return { said, isWhole: true };
}

/** GNU's `L` and `K` members: the name alone, up to a NUL. */
export function readLongName(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return nameText(end < 0 ? bytes : bytes.subarray(0, end));
}

function record(key: string, value: Uint8Array): TarOverrides {
  if (key === 'path') return { path: nameText(value) };
  if (key === 'GNU.sparse.name') return { sparsePath: nameText(value) };
  if (key === 'linkpath') return { linkName: nameText(value) };
  const size = key === 'size' && /^\d+$/.test(nameText(value)) ? Number(nameText(value)) : undefined;
  return Number.isSafeInteger(size) ? { size: size } : {};
}
