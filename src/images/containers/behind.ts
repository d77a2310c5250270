import type { Container } from './container.ts';
import { type ContentReader, headed } from './content-reader.ts';

/** Installers begin with a script of some hundred lines. */
const longestScript = 256 << 10;
/** gzip, zstd, xz, bzip2, lz4, lzip. */
const magics = ['\n\x1f\x8b\x08', '\n\x28\xb5\x2f\xfd', '\n\xfd7zXZ\0', '\nBZh9\x31\x41\x59\x26', '\n\x04\x22\x4d\x18', '\nLZIP\x01'];

/** A script whose last line is followed by a packed archive, as makeself writes installers. */
export function readScript(container: Container): ContentReader {
  let held: Buffer | undefined = Buffer.alloc(0);
  let archive: ContentReader | undefined;
  return {
    push(part) {
      if (held === undefined) return archive?.push(part);
      held = Buffer.concat([held, part]);
      const found = magics.map((magic) => held?.indexOf(magic, 0, 'latin1') ?? -1).filter((at) => at >= 0);
      if (found.length > 0) {
        const start = Math.min(...found) + 1;
        archive = behind(container, start);
        archive.push(held.subarray(start));
        held = undefined;
      } else if (held.length > longestScript) held = undefined;
      return undefined;
    },
    end: (isWhole) => archive?.end(isWhole),
  };
}

const [leadBytes, introBytes, indexBytes] = [96, 16, 16];
const largestHeader = 256 << 20;

/**
 * A package of rpm: a lead, two headers, and a packed archive of cpio. The headers are searched where they stand.
 * https://rpm-software-management.github.io/rpm/manual/format_v4.html
 */
export function readRpm(container: Container): ContentReader {
  let offset = 0;
  let skip = leadBytes;
  let headers = 0;
  let intro = Buffer.alloc(0);
  let archive: ContentReader | undefined;
  let isLost = false;

  function takeIntro(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + introBytes - intro.length);
    intro = Buffer.concat([intro, bytes.subarray(at, end)]);
    if (intro.length < introBytes) return end;
    const size = intro.readUInt32BE(8) * indexBytes + intro.readUInt32BE(12);
    isLost = intro.readUInt32BE(0) !== 0x8eade801 || size > largestHeader;
    intro = Buffer.alloc(0);
    headers++;
    // The first, of signatures, is filled up to a multiple of eight.
    skip = headers === 1 ? (size + 7) & ~7 : size;
    return end;
  }

  return {
    push(part) {
      const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      for (let at = 0; at < bytes.length && !isLost; ) {
        let next = bytes.length;
        if (skip > 0) {
          next = Math.min(bytes.length, at + skip);
          skip -= next - at;
        } else if (headers < 2) next = takeIntro(bytes, at);
        else {
          archive ??= behind(container, offset);
          archive.push(bytes.subarray(at));
        }
        offset += next - at;
        at = next;
      }
    },
    end(isWhole) {
      if (archive === undefined && isWhole) container.limit('damaged archive inside a layer');
      archive?.end(isWhole);
    },
  };
}

/** What follows from an offset on is looked at as a file of its own. */
export function behind(container: Container, start: number): ContentReader {
  return headed((head) => container.stored('', start, Number.POSITIVE_INFINITY, head));
}
