import type { Container } from './container.ts';
import type { ContentReader } from './content-reader.ts';
import { behind } from './behind.ts';
import { type MemberFormat, readMembers } from './members.ts';
import { nameText } from '../tar/tar-header.ts';

/** Thirteen numbers of eight hexadecimal digits: https://www.kernel.org/doc/html/latest/driver-api/early-userspace/buffer-format.html */
const headBytes = 110;
const [sizeAt, nameSizeAt] = [54, 94];
const padded = (bytes: number): number => (bytes + 3) & ~3;

const newc: MemberFormat = {
  skip: 0,
  headBytes: (head) => (head.length < headBytes ? headBytes : padded(headBytes + (hexIn(head, nameSizeAt) ?? 0))),
  read(head) {
    const [bytes, nameBytes] = [hexIn(head, sizeAt), hexIn(head, nameSizeAt)];
    const isHead = /^07070[12]$/.test(head.toString('latin1', 0, 6));
    if (!isHead || bytes === undefined || nameBytes === undefined || nameBytes === 0) return undefined;
    const name = nameText(head.subarray(headBytes, headBytes + nameBytes - 1));
    if (name === 'TRAILER!!!') return { name, bytes: 0, padding: 0, isLast: true };
    return { name: name.replace(/^(?:\.?\/)+/, ''), bytes, padding: padded(bytes) - bytes };
  },
};

/** An archive of cpio, as initial RAM disks are: behind its end another one may follow, packed or not. */
export function readCpio(container: Container): ContentReader {
  return readMembers(container, newc, (offset) => behind(container, offset));
}

function hexIn(head: Buffer, at: number): number | undefined {
  const digits = head.toString('latin1', at, at + 8);
  return /^[0-9a-fA-F]{8}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
