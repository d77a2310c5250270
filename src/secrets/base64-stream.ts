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

/** Where base64 goes on behind a line break with indentation, also as JSON and programs write one; -1 where it does not. */
function behindBreak(bytes: Uint8Array, at: number): number {
  const ceiling = Math.min(bytes.length, at + mostBreak);
  let next = at;
  while (next < ceiling && isBreak(bytes, next)) next += bytes[next] === backslash ? 2 : 1;
  const isBroken = next > at && hasBreak(bytes, at, next);
  return isBroken && next < ceiling && values[bytes[next] as number] !== noBase64 ? next : -1;
}

const backslash = 0x5c;

/** Blanks, line ends, and `\n` and `\r` as two letters. */
function isBreak(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at];
  return (
    byte === 0x20 ||
    byte === 0x09 ||
    byte === 0x0a ||
    byte === 0x0d ||
    (byte === backslash && (bytes[at + 1] === 0x6e || bytes[at + 1] === 0x72))
  );
}

function hasBreak(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === 0x0a || bytes[at] === backslash) return true;
  return false;
}
