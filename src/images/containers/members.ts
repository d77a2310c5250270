import type { Container } from './container.ts';
import { type ContentReader, headed } from './content-reader.ts';

/** What the head of a member of an archive says: its name, how long it is, and how long the padding behind it. */
export interface MemberHead {
  readonly name: string;
  readonly bytes: number;
  readonly padding: number;
  /** Nothing of this archive follows. */
  readonly isLast?: true;
}

export interface MemberFormat {
  /** Bytes before the first head. */
  readonly skip: number;
  /** Bytes of a head, as far as those that are there tell; more than there are while more are wanted. */
  headBytes(head: Buffer): number;
  /** Undefined: this is no head. */
  read(head: Buffer): MemberHead | undefined;
}

/** Longer heads hold a name that nobody wrote. */
const longestHead = 1 << 16;

/**
 * An archive of files that stand in it as they are, one behind the other, each behind a head: they get names and are looked into. What follows the last one
 * goes to `rest`, from its first byte that is not zero.
 */
export function readMembers(container: Container, format: MemberFormat, rest?: (offset: number) => ContentReader): ContentReader {
  let offset = 0;
  let { skip } = format;
  let head = Buffer.alloc(0);
  let file: ContentReader | undefined;
  let left = 0;
  let padding = 0;
  let state: 'heads' | 'behind' | 'rest' | 'lost' = 'heads';

  function push(part: Uint8Array): void {
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const next = step(bytes, at);
      offset += next - at;
      at = next;
    }
  }

  function step(bytes: Buffer, at: number): number {
    const upTo = (count: number): number => Math.min(bytes.length, at + count);
    if (left > 0) {
      const end = upTo(left);
      file?.push(bytes.subarray(at, end));
      left -= end - at;
      if (left === 0) endFile(true);
      return end;
    }
    if (skip > 0 || padding > 0) {
      const end = upTo(skip > 0 ? skip : padding);
      if (skip > 0) skip -= end - at;
      else padding -= end - at;
      return end;
    }
    if (state === 'heads') return takeHead(bytes, at);
    if (state === 'behind') return skipZeros(bytes, at);
    if (state === 'rest') file?.push(bytes.subarray(at));
    return bytes.length;
  }

  function takeHead(bytes: Buffer, at: number): number {
    const wanted = format.headBytes(head);
    const end = Math.min(bytes.length, at + wanted - head.length);
    head = Buffer.concat([head, bytes.subarray(at, end)]);
    const whole = format.headBytes(head);
    if (whole > longestHead) state = 'lost';
    if (head.length < whole || state === 'lost') return end;
    const member = format.read(head);
    head = Buffer.alloc(0);
    if (member === undefined) state = 'lost';
    else if (member.isLast) state = 'behind';
    else begin(member, offset + end - at);
    return end;
  }

  function begin({ name, bytes, padding: behind }: MemberHead, start: number): void {
    padding = behind;
    if (bytes === 0) return;
    left = bytes;
    // The head ends right before it, and the next one may follow at once.
    container.cut(start);
    container.cut(start + bytes);
    file = headed((first) => container.stored(name, start, start + bytes, first));
  }

  function endFile(isWhole: boolean): void {
    file?.end(isWhole);
    file = undefined;
  }

  function skipZeros(bytes: Buffer, at: number): number {
    let end = at;
    while (end < bytes.length && bytes[end] === 0) end++;
    if (end < bytes.length && rest !== undefined) {
      state = 'rest';
      file = rest(offset + end - at);
    } else if (end < bytes.length) state = 'lost';
    return end;
  }

  return {
    push,
    end(isWhole) {
      const isCut = state === 'lost' || left > 0 || head.length > 0;
      if (isCut && isWhole) container.limit('damaged archive inside a layer');
      endFile(state === 'rest' && isWhole);
    },
  };
}
