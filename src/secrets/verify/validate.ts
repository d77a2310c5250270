import { createHash } from 'node:crypto';
import type { CharacterKind, KindSpec } from '../detectors/detector.ts';

/**
 * Is this text random enough, and no placeholder, to be a key? `random` is what of the key its shape leaves open.
 * A structural proof settles more than any of these rules and is asked elsewhere.
 */
export function isPlausible(
  key: string,
  random: string,
  spec: Pick<KindSpec, 'entropy' | 'has' | 'ignore' | 'unlike' | 'published'>,
): boolean {
  return (
    entropyOf(random) >= (spec.entropy ?? expectedEntropy(random)) &&
    (spec.has ?? []).every((kind) => characterKinds[kind].test(random)) &&
    !isPlaceholder(random) &&
    !includesAny(key, spec.ignore ?? []) &&
    !(spec.unlike ?? []).some((pattern) => new RegExp(pattern).test(key)) &&
    !isPublished(key, spec.published ?? [])
  );
}

/** Shannon entropy in bits per character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Written by a person to stand for a key: words, one character again and again, an alphabet in order, a repeated block. */
export function isPlaceholder(text: string): boolean {
  return includesAny(text, placeholderWords) || /(.)\1{6}/.test(text) || hasSequence(text) || isRepeated(text);
}

const characterKinds: { readonly [kind in CharacterKind]: RegExp } = {
  digit: /\d/,
  letter: /[A-Za-z]/,
  lower: /[a-z]/,
  upper: /[A-Z]/,
};

/** Six letters or more: shorter words stand in random text too often. */
const placeholderWords = [
  'example', 'sample', 'placeholder', 'changeme', 'change-me', 'change_me', 'redacted', 'replaceme', 'replace-me', 'replace_me',
  'your-api', 'your_api', 'yourapi', 'your-key', 'your_key', 'yourkey', 'your-token', 'your_token', 'yourtoken', 'your-secret', 'your_secret',
  'api-key-here', 'api_key_here', 'insert-', 'insert_', 'xxxxxx', 'dummykey', 'dummy-', 'dummy_', 'fake-key', 'fakekey', 'not-a-real', 'notreal',
  'testtest', 'test-key', 'test_key', 'deadbeef',
]; // biome-ignore format: a table of words

/** Three in four of what evenly drawn characters of as many different ones, in a text as long, would have. */
function expectedEntropy(random: string): number {
  const alphabet = /[g-zG-Z]/.test(random) ? 36 : /[a-fA-F]/.test(random) ? 16 : 10;
  return 0.68 * Math.log2(Math.min(alphabet, Math.max(2, random.length)));
}

function hasSequence(text: string): boolean {
  let rising = 1;
  let falling = 1;
  for (let at = 1; at < text.length; at++) {
    const step = text.charCodeAt(at) - text.charCodeAt(at - 1);
    rising = step === 1 ? rising + 1 : 1;
    falling = step === -1 ? falling + 1 : 1;
    if (rising >= 7 || falling >= 7) return true;
  }
  return false;
}

/** `abcdabcdabcd`: the text goes on as it began, for three times or more. */
function isRepeated(text: string): boolean {
  for (let period = 1; period <= Math.min(16, text.length / 3); period++) {
    if (text.slice(period) === text.slice(0, -period)) return true;
  }
  return false;
}

function includesAny(text: string, words: readonly string[]): boolean {
  const folded = text.toLowerCase();
  return words.some((word) => folded.includes(word.toLowerCase()));
}

/** Whether its SHA-256 is among these, in lower-case hex. */
export function isPublished(key: string, digests: readonly string[]): boolean {
  return digests.length > 0 && digests.includes(createHash('sha256').update(key, 'latin1').digest('hex'));
}
