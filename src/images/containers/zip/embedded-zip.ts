import type { ContentReader } from '../content-reader.ts';
import { type EndWatch, watchForEnd } from './end.ts';
import { isLikelyLocal } from './zip-records.ts';

const localMagic = 'PK\x03\x04';
const headerBytes = 30;

/**
 * Looks for the first zip inside of a file that is none from its start: behind a script (PEX, zipapp, Spring Boot), a program (self-extracting
 * archives) or anything else, because programs find a zip by its end. `open` gets the offset at which it begins; `unread` is called where there is
 * an end, and no header of a file that anybody writes.
 */
export function watchForZip(open: (offset: number) => ContentReader | undefined, unread: () => void): ContentReader {
  let offset = 0;
  /** The last bytes of the part before, where a header may have begun. */
  let held: Buffer | undefined;
  let reader: ContentReader | undefined;
  let isOver = false;
  /** From the first header on that nobody would write so: by the directory, programs may read what follows it all the same. */
  let ends: EndWatch | undefined;

  function look(bytes: Buffer, start: number): void {
    for (let at = bytes.indexOf(localMagic, 0, 'latin1'); at >= 0; at = bytes.indexOf(localMagic, at + 1, 'latin1')) {
      if (at + headerBytes > bytes.length) break;
      if (!isLikelyLocal(bytes, at)) {
        ends ??= watchForEnd();
        continue;
      }
      isOver = true;
      held = undefined;
      ends = undefined;
      reader = open(start + at);
      reader?.push(bytes.subarray(at));
      return;
    }
    ends?.push(bytes, start);
    const from = mayBeginAt(bytes);
    held = from < bytes.length ? Buffer.from(bytes.subarray(from)) : undefined;
  }

  return {
    push(part) {
      if (isOver) reader?.push(part);
      else {
        const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
        if (held === undefined) look(bytes, offset);
        else look(Buffer.concat([held, bytes]), offset - held.length);
      }
      offset += part.length;
    },
    end(isWhole) {
      reader?.end(isWhole);
      if (ends?.last(offset)?.end === offset) unread();
    },
  };
}

/** Where the earliest header can begin that is not whole in these bytes; their end if none can. */
function mayBeginAt(bytes: Buffer): number {
  for (let at = Math.max(0, bytes.length - headerBytes + 1); at < bytes.length; at++) {
    if (bytes[at] !== 0x50) continue;
    const there = Math.min(4, bytes.length - at);
    if (bytes.toString('latin1', at, at + there) === localMagic.slice(0, there)) return at;
  }
  return bytes.length;
}
