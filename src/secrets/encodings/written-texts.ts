import { readableBytes } from '../documents/decode.ts';
import { unescaped } from './escapes.ts';
import { nameBefore } from './name-before.ts';
import { runTokens } from './run-tokens.ts';
import { createTokenStream, type Tokens } from './token-stream.ts';

/** The readable texts that a text writes otherwise than as they are: in hexadecimal, with escapes, as lists of bytes, as a dump. */
export function writtenTexts(text: string): readonly string[] {
  if (text.length < leastCharacters) return [];
  const runs = Object.values(runTokens).flatMap((tokens) => runsOf(text, tokens));
  const plain = /[\\%&]/.test(text) ? unescaped(text)?.text : undefined;
  return [...hexTexts(text), ...(plain === undefined ? [] : [plain]), ...runs];
}

/** The readable text that a list of numbers is; of a Buffer of Node as JSON, too. */
export function numbersText(value: object): string | undefined {
  const list: unknown = 'type' in value && 'data' in value && value.type === 'Buffer' ? value.data : value;
  const isText = Array.isArray(list) && list.length >= leastBytes && list.every((one) => Number.isInteger(one) && one >= 0 && one <= 0xff);
  return isText ? readableBytes(Buffer.from(list as readonly number[])) : undefined;
}

/** Shorter runs hold no key. */
const leastBytes = 20;
const leastCharacters = 2 * leastBytes;

const hexStart = new RegExp(`(?<![0-9A-Fa-f])[0-9A-Fa-f]{${leastCharacters}}`, 'g');

/** Digests are hexadecimal as often; bytes of those are no text. */
function hexTexts(text: string): readonly string[] {
  return Array.from(text.matchAll(hexStart)).flatMap(({ index }) => readableBytes(Buffer.from(text.slice(index), 'hex')) ?? []);
}

function runsOf(text: string, tokens: Tokens): readonly string[] {
  const start = new RegExp(tokens.start(tokens.least), 'gi');
  const found: string[] = [];
  let bytes: Buffer | undefined;
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    // One byte for each character, so that places are the same.
    bytes ??= Buffer.from(text, 'latin1');
    const { decoded, next } = createTokenStream(tokens).read(bytes, match.index, bytes.length);
    const readable = readableBytes(Buffer.from(decoded));
    if (readable !== undefined) found.push(nameBefore(bytes, match.index).toString('latin1') + readable);
    start.lastIndex = Math.max(next, match.index + 1);
  }
  return found;
}
