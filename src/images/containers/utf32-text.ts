import type { Container } from './container.ts';
import type { ContentReader } from './content-reader.ts';
import { numpyHeaderOf } from '../numpy-header.ts';

/** Text of four bytes a character: where it begins, and of how many characters each line is (in arrays of texts of one length). */
interface Utf32 {
  readonly start: number;
  readonly isLittle: boolean;
  readonly perLine: number;
}

/** A file with a byte order mark, or an array of texts of numpy. */
export function utf32Of(head: Uint8Array): Utf32 | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < 12) return undefined;
  const mark = bytes.readUInt32BE(0);
  if (mark === 0xfffe0000 && bytes[7] === 0) return { start: 4, isLittle: true, perLine: Infinity };
  if (mark === 0x0000feff && bytes[4] === 0) return { start: 4, isLittle: false, perLine: Infinity };
  const array = numpyHeaderOf(bytes);
  if (array === undefined) return undefined;
  const [, order, length] = /'descr':\s*'([<>])U(\d{1,9})'/.exec(bytes.toString('latin1')) ?? [];
  return length === undefined ? undefined : { start: array.textEnd, isLittle: order === '<', perLine: Number(length) };
}

const pieceCharacters = 16 << 10;

/** As one byte a character; what is no ASCII becomes a byte that no key has. */
export function readUtf32(container: Container, head: Uint8Array): ContentReader | undefined {
  const format = utf32Of(head);
  const item = format && container.item('');
  if (format === undefined || item === undefined) return undefined;
  const { isLittle, perLine } = format;
  let skip = format.start;
  let held: Buffer = Buffer.alloc(0);
  let inLine = 0;
  let goesOn = true;

  function take(bytes: Buffer): void {
    const out: number[] = [];
    for (let at = 0; at + 4 <= bytes.length; at += 4) {
      if (inLine === perLine) {
        out.push(0x0a);
        inLine = 0;
      }
      const code = isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
      out.push(code < 0x80 ? code : 0xff);
      inLine++;
    }
    goesOn = item?.write(Uint8Array.from(out)) === true;
  }

  return {
    push(part) {
      const skipped = Math.min(skip, part.length);
      skip -= skipped;
      const bytes = Buffer.concat([held, part.subarray(skipped)]);
      const whole = bytes.length & ~3;
      for (let at = 0; at < whole && goesOn; at += pieceCharacters * 4) take(bytes.subarray(at, Math.min(whole, at + pieceCharacters * 4)));
      held = Buffer.from(bytes.subarray(whole));
    },
    end: (isWhole) => item.end(isWhole),
  };
}
