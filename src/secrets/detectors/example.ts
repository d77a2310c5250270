import type { Detector } from './compile.ts';
import { drawPieces } from './draw.ts';
import { proofs } from '../verify/proofs.ts';
import { pick, seededRandom } from './random.ts';
import { isPlausible } from '../verify/validate.ts';

/** A key with the text that its detector needs around it. `context` is `before + key + after`. */
export interface Example {
  readonly key: string;
  readonly before: string;
  readonly after: string;
}

/**
 * A key of this detector, made up from its shape and the same for the same seed: for fixtures, doubles and tests, which hold no key-like text.
 * Some detectors know a key only beside one of their context words; see `exampleInContext`. Throws for an unknown detector.
 */
export function exampleOf(detectors: readonly Detector[], id: string, seed: string | number): string {
  const detector = detectors.find((one) => one.id === id);
  if (detector === undefined) throw new Error(`no such detector "${id}"`);
  return drawKey(detector, seededRandom(`${id} ${seed}`));
}

/** A key as its detector finds it: beside a context word where it needs one. */
export function exampleInContext(detector: Detector, seed: string | number): Example {
  const random = seededRandom(`${detector.id} ${seed}`);
  const key = drawKey(detector, random);
  const { example, context } = detector.spec;
  if (example !== undefined) return { key, before: example.before, after: example.after ?? '' };
  return { key, before: context === undefined ? '' : `${pick(context, random)}_key = `, after: '' };
}

/** Texts next to a key that are none: one character less or more, a foreign character, a proof that fails. */
export function counterExamplesOf(detector: Detector, seed: string | number): readonly string[] {
  const key = drawKey(detector, seededRandom(`${detector.id} ${seed}`));
  const pieces = readingOf(detector, key);
  const spoiled = detector.spec.proof === undefined ? [] : [proofs[detector.spec.proof].spoil(key)];
  if (pieces === undefined || detector.spec.pattern !== undefined) return [...spoiled, ...placeholders];
  const neighbours: string[] = [];
  let start = 0;
  for (const { piece, length } of pieces) {
    const end = start + length;
    if (piece.kind === 'run') {
      const foreign = 'é~|'.split('').find((character) => !piece.characters.includes(character)) ?? '\u0000';
      neighbours.push(`${key.slice(0, start)}${foreign}${key.slice(start + 1)}`);
      if (piece.min === piece.max) {
        neighbours.push(key.slice(0, start) + key.slice(start + 1));
        neighbours.push(key.slice(0, end) + key.slice(end - 1));
      }
    } else neighbours.push(`${key.slice(0, start)}~${key.slice(start + 1)}`);
    start = end;
  }
  return [...neighbours.filter((text) => readingOf(detector, text) === undefined), ...spoiled];
}

/** What stands where an irregular key would. */
const placeholders = [
  '$(DB_PASSWORD_1)',
  '%{DB_PASSWORD1}',
  '$DB_PASSWORD1',
  '{{ secret2 }}',
  '<your-password-1>',
  '********',
  'changeme1234',
  'xxxxxxxxxxxx',
];

const attempts = 2000;

function drawKey(detector: Detector, random: () => number): string {
  const { spec } = detector;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const pieces = pick(detector.alternatives, random);
    const drawn = drawPieces(pieces, random);
    const key = spec.proof === undefined ? drawn : proofs[spec.proof].forge(drawn, spec, random);
    const parts = readingOf(detector, key);
    const open = parts === undefined ? key : openPartOf(key, parts);
    if ((parts !== undefined || spec.pattern !== undefined) && isPlausible(key, open, spec)) return key;
  }
  throw new Error(`no key of ${detector.id} follows its own rules in ${attempts} attempts`);
}

type Reading = readonly { readonly piece: Detector['alternatives'][number][number]; readonly length: number }[];

/** Which characters of the key each piece of its shape covers, if it has that shape. */
function readingOf(detector: Detector, key: string): Reading | undefined {
  for (const pieces of detector.alternatives) {
    const groups = pieces.map((piece) =>
      piece.kind === 'literal' ? `(${escapeAll(piece.text)})` : `(${piece.of}{${piece.min},${piece.max}})`,
    );
    const match = new RegExp(`^${groups.join('')}$`).exec(key);
    if (match !== null) return pieces.map((piece, at) => ({ piece, length: match[at + 1]?.length ?? 0 }));
  }
  return undefined;
}

function openPartOf(key: string, reading: Reading): string {
  let start = 0;
  let open = '';
  for (const { piece, length } of reading) {
    if (piece.kind === 'run') open += key.slice(start, start + length);
    start += length;
  }
  return open;
}

const escapeAll = (text: string): string =>
  text
    .split('')
    .map((character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .join('');
