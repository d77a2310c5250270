import type { AiComponent } from '../layer/layer-pass.ts';
import type { ModelWarning } from './models/model-warnings.ts';
import type { PickleWalk } from './pickle/pickle-walk.ts';

/** `head`: the first `headBytes` of a member; `content`: all of it, and never more than `contentBytes`; `stream`: all of it, in passing. */
export type Want = 'head' | 'content' | 'stream';

export const headBytes = 64 << 10;
export const contentBytes = 1 << 20;

/** A regular file of a layer. */
export interface Member {
  /** As the layer has it, without a leading slash; nested containers joined with `!/`. */
  readonly path: string;
  /** The last part of the path. */
  readonly base: string;
  /** Of the whole member, in bytes. */
  readonly size: number;
  /** Its first bytes; all of them where `bytes.length === size`. */
  readonly bytes: Uint8Array;
  /** Of what may be a model: all of it, walked over as if it were pickles. */
  readonly walk?: PickleWalk;
  /** What the description of a Keras model says, wherever in the file it stands. */
  readonly config?: readonly ModelWarning[];
  /** What was seen of the pickles inside of it, where it is an archive that was opened. */
  readonly pickles?: readonly InnerPickle[];
}

/** A pickle in a model's archive: what its opcodes showed. */
export interface InnerPickle {
  readonly warnings: readonly ModelWarning[];
  /** Of the description of a Keras model: what it says. */
  readonly config?: readonly ModelWarning[];
  readonly isWalked: boolean;
}

/** What a recogniser made of a member. `limits` counts what it recognised and did not read, by a sentence. */
export interface Recognised {
  readonly components: readonly AiComponent[];
  readonly limits?: readonly string[];
}

/** Knows one kind of file. `wants` is asked for every member of every layer: it looks at the name alone, and quickly. */
export type Recogniser =
  | { wants(path: string, base: string, size: number): Exclude<Want, 'stream'> | undefined; read(member: Member): Recognised }
  | { wants(path: string, base: string, size: number): 'stream' | undefined; open(path: string, base: string): ContentStream };

/** Reads a file as it passes, in memory that does not grow with it. */
export interface ContentStream {
  push(bytes: Uint8Array): void;
  end(): Recognised;
}

export const nothing: Recognised = { components: [] };

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
export const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** Text that a file declares about itself: one line, of bounded length. */
export function declared(text: string | undefined): string | undefined {
  const line = text
    ?.replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);
  return line === undefined || line === '' ? undefined : line;
}

/** All of a small file; the head where it is larger. */
export const contentIfSmall = (size: number): Exclude<Want, 'stream'> => (size <= contentBytes ? 'content' : 'head');
