import type { KindSpec } from '../detectors/detector.ts';

/** What a key proves about itself, offline. */
export interface Proof {
  /** The key without what only its writing adds (line breaks, escapes), so that it is one key however it is written. */
  plain?(key: string): string;
  /** What it proves may still be guessed, as what people think up may: such a key has no digest. */
  readonly isGuessable?: true;
  /** What of a key's random part is the same in every key, taken away; where it is left out, nothing is. */
  open?(random: string): string;
  /** Why the key is believed (ends a sentence, holds nothing secret), or `undefined`: the proof fails. */
  check(key: string, spec: KindSpec): string | undefined;
  /** How long a key is that begins a text, where it says so; `undefined` where it does not. */
  length?(text: string): number | undefined;
  /** Turns a drawn key into one that the proof holds for. */
  forge(key: string, spec: KindSpec, random: () => number): string;
  /** Turns a good key into one of the same shape that the proof fails for. */
  spoil(key: string): string;
}
