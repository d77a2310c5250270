import type { RunDecoder } from './run-decoder.ts';

/** One character written as an escape: `\x73`, `\u0073`, `&#115;`, `&#x73;`, `%73`. */
const escape = '\\\\(?:x|u00)([0-9a-f]{2})|%([0-9a-f]{2})|&#x0{0,2}([0-9a-f]{2});|&#0?([0-9]{2,3});';
const longest = 8;
/** Shorter runs hold no key. */
const leastEscapes = 20;
const run = new RegExp(`(?:${escape}){${leastEscapes}}`, 'iy');

/** Escapes follow one another from here on, enough for a key. */
export function startsEscapes(bytes: Uint8Array, at: number): boolean {
  run.lastIndex = 0;
  return run.test(textOf(bytes, at, at + leastEscapes * longest));
}

/** Decodes escapes that follow one another, of whichever kinds. */
export function createEscapeStream(): RunDecoder {
  const one = new RegExp(escape, 'iy');
  return {
    read(bytes, from, limit) {
      const text = textOf(bytes, from, limit + longest);
      const decoded: number[] = [];
      let at = 0;
      while (from + at < limit) {
        one.lastIndex = at;
        const match = one.exec(text);
        if (match === null) return { decoded: Uint8Array.from(decoded), next: from + at, isOver: true };
        const digits = match[1] ?? match[2] ?? match[3];
        decoded.push(digits === undefined ? Number(match[4]) : Number.parseInt(digits, 16));
        at = one.lastIndex;
      }
      return { decoded: Uint8Array.from(decoded), next: from + at, isOver: false };
    },
  };
}

const textOf = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', from, Math.min(bytes.length, to));
