import type { Container } from './container.ts';
import type { ContentReader } from './content-reader.ts';
import { behind } from './behind.ts';
import { type MemberFormat, type MemberHead, readMembers } from './members.ts';
import { nameText } from '../tar/tar-header.ts';

/** How a header writes its numbers: "new ASCII", "old character" of POSIX, and the old binary one in either order of bytes (cpio(5) of libarchive). */
type Form = 'newc' | 'odc' | 'binary' | 'swapped';

interface Layout {
  /** Of the header, without the name behind it. */
  readonly bytes: number;
  /** What headers and contents are filled up to a multiple of. */
  readonly unit: 1 | 2 | 4;
  mode(head: Buffer): number | undefined;
  nameBytes(head: Buffer): number | undefined;
  fileBytes(head: Buffer): number | undefined;
}

const layouts: { readonly [F in Form]: Layout } = {
  newc: { bytes: 110, unit: 4, ...ascii({ mode: [14, 22], name: [94, 102], file: [54, 62] }, 16) },
  odc: { bytes: 76, unit: 1, ...ascii({ mode: [18, 24], name: [59, 65], file: [65, 76] }, 8) },
  binary: { bytes: 26, unit: 2, ...binary((head, at) => head.readUInt16LE(at)) },
  swapped: { bytes: 26, unit: 2, ...binary((head, at) => head.readUInt16BE(at)) },
};

/** An archive of cpio, as initial RAM disks are: behind its end another one may follow, packed or not. */
export function readCpio(container: Container, head: Uint8Array): ContentReader {
  return readMembers(container, formatOf(layouts[formOf(head) ?? 'newc']), (offset) => behind(container, offset));
}

/** By its first header: a few digits or two bytes are no magic, so the name and the kind of file have to make sense, too. */
export function isCpio(head: Uint8Array): boolean {
  const form = formOf(head);
  if (form === undefined) return false;
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const layout = layouts[form];
  if (bytes.length < layout.bytes) return false;
  const nameEnd = layout.bytes + (layout.nameBytes(bytes) ?? 0) - 1;
  const firstNul = bytes.indexOf(0, layout.bytes);
  const isName = nameEnd > layout.bytes && (firstNul < 0 ? nameEnd >= bytes.length : firstNul === nameEnd);
  return isName && kindsOfFiles.has(((layout.mode(bytes) ?? 0) >> 12) & 15);
}

/** Of the end, which has none; of pipes, devices, directories, files, links, sockets. */
const kindsOfFiles: ReadonlySet<number> = new Set([0, 1, 2, 4, 6, 8, 10, 12]);

function formOf(head: Uint8Array): Form | undefined {
  if (head[0] === 0xc7 && head[1] === 0x71) return 'binary';
  if (head[0] === 0x71 && head[1] === 0xc7) return 'swapped';
  const magic = Buffer.from(head.subarray(0, 6)).toString('latin1');
  if (magic === '070701' || magic === '070702') return 'newc';
  return magic === '070707' ? 'odc' : undefined;
}

function formatOf(layout: Layout): MemberFormat {
  const filled = (bytes: number): number => Math.ceil(bytes / layout.unit) * layout.unit;
  return {
    skip: 0,
    headBytes: (head) => (head.length < layout.bytes ? layout.bytes : filled(layout.bytes + (layout.nameBytes(head) ?? 0))),
    read(head): MemberHead | undefined {
      const form = formOf(head);
      if (form === undefined || layouts[form] !== layout) return undefined;
      const [bytes, nameBytes] = [layout.fileBytes(head), layout.nameBytes(head)];
      if (bytes === undefined || nameBytes === undefined || nameBytes === 0) return undefined;
      const name = nameText(head.subarray(layout.bytes, layout.bytes + nameBytes - 1));
      if (name === 'TRAILER!!!') return { name, bytes: 0, padding: 0, isLast: true };
      return { name: name.replace(/^(?:\.?\/)+/, ''), bytes, padding: filled(bytes) - bytes };
    },
  };
}

type Field = readonly [from: number, to: number];
type Numbers = Pick<Layout, 'mode' | 'nameBytes' | 'fileBytes'>;

function ascii({ mode, name, file }: { readonly mode: Field; readonly name: Field; readonly file: Field }, base: 8 | 16): Numbers {
  const digits = base === 16 ? /^[0-9a-fA-F]+$/ : /^[0-7]+$/;
  const number = (head: Buffer, [from, to]: Field): number | undefined => {
    const text = head.toString('latin1', from, to);
    return digits.test(text) ? Number.parseInt(text, base) : undefined;
  };
  return { mode: (head) => number(head, mode), nameBytes: (head) => number(head, name), fileBytes: (head) => number(head, file) };
}

/** Thirteen numbers of two bytes; a length is two of them, the larger one first in either order of bytes. */
function binary(word: (head: Buffer, at: number) => number): Numbers {
  return {
    mode: (head) => word(head, 6),
    nameBytes: (head) => word(head, 20),
    fileBytes: (head) => word(head, 22) * 2 ** 16 + word(head, 24),
  };
}
