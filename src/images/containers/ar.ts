import type { Container } from './container.ts';
import type { ContentReader } from './content-reader.ts';
import { type MemberFormat, readMembers } from './members.ts';
import { nameText } from '../tar/tar-header.ts';

const headBytes = 60;

/** Packages of Debian (deb(5)) and libraries for linking (ar(5)): sixty bytes of text before each file. BSD writes long names before the content. */
const ar: MemberFormat = {
  skip: 8,
  headBytes: (head) => headBytes + (head.length < headBytes ? 0 : longNameBytes(head)),
  read(head) {
    const size = numberIn(head, 48, 58);
    const long = longNameBytes(head);
    if (size === undefined || size < long || head[58] !== 0x60 || head[59] !== 0x0a) return undefined;
    const name = long > 0 ? nameText(head.subarray(headBytes)).replace(/\0+$/, '') : nameText(head.subarray(0, 16)).trimEnd();
    return { name: name.replace(/(?<=.)\/$/, ''), bytes: size - long, padding: size % 2 };
  },
};

export function readAr(container: Container): ContentReader {
  return readMembers(container, ar);
}

const longNameBytes = (head: Buffer): number => (head.toString('latin1', 0, 3) === '#1/' ? (numberIn(head, 3, 16) ?? 0) : 0);

function numberIn(head: Buffer, from: number, to: number): number | undefined {
  const digits = head.toString('latin1', from, to).trim();
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}
