import { noBase64, values } from './base64.ts';
import type { RunDecoder } from './run-decoder.ts';

/** A line break with its indentation is no longer. */
const mostBreak = 64;

export function createBase64Stream(): RunDecoder {
  let bits = 0;
  let held = 0;
  return {
    read(bytes, from, limit) {
      const out = new Uint8Array((Math.max(0, limit - from) * 3) / 4 + 4);
      let length = 0;
      let at = from;
      for (; at < limit; ) {
        const value = values[bytes[at] as number] as number;
        if (value === noBase64) {
          const next = behindBreak(bytes, at);
          if (next < 0) return { decoded: out.subarray(0, length), next: at, isOver: true };
          at = next;
          continue;
        }
        held = ((held << 6) | value) & 0xffff;
        bits += 6;
        at++;
        if (bits < 8) continue;
        bits -= 8;
        out[length++] = (held >> bits) & 0xff;
      }
      return { decoded: out.subarray(0, length), next: at, isOver: false };
    },
  };
}

/**
 * Where base64 goes on behind a line break with indentation, also as JSON writes one, or behind the seam of two strings that a program puts
 * together; -1 where it does not.
 */
function behindBreak(bytes: Uint8Array, at: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(mostBreak, bytes.length - at)).toString('latin1');
  const length = (wrap.exec(text) ?? seam.exec(text))?.[0].length ?? 0;
  return length > 0 && length < text.length && values[bytes[at + length] as number] !== noBase64 ? at + length : -1;
}

/** Blanks, line ends, and `\n` and `\r` as two letters; one line end at least. A backslash before it says that the line goes on. */
const wrap = /^(?:[ \t\r]|\\r)*(?:\n|\\n|\\(?=\r?\n))(?:[ \t\r\n]|\\[nr])*/;

/** A quote, another like it on the next line, or on the same with a sign between. */
const seam = /^(\\?["'`])[ \t]*(?:[+.&\\]?[ \t]*\r?\n[ \t]*[+.&]?|[+.&])[ \t]*[bru]{0,2}\1/i;
