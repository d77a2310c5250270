import type { EncodedPart } from '../../model/byte-sink.ts';
import { createBase64Stream } from './base64-stream.ts';
import { noBase64, values } from './base64.ts';
import { type EncodedHead, encodedHeads } from './encoded-heads.ts';
import { nameBefore } from './name-before.ts';
import type { RunDecoder } from './run-decoder.ts';
import type { NetName, SearchTables } from '../search/search-tables.ts';
import { runTokens } from './run-tokens.ts';
import { createTokenStream, tokenStart } from './token-stream.ts';

/** Runs of base64, of escapes or of numbers that are decoded as they pass, one at a time: in a run another does not begin. */
export interface EncodedRuns {
  /** A run may begin here. In any order, all of them before `pass` comes to their place. */
  begin(head: EncodedHead, startByte: number): void;
  /** `bytes` are known, from `base` on; the first `to` of them are to be read. `endOf`: where what holds an offset ends. */
  pass(bytes: Uint8Array, base: number, to: number, endOf: (at: number) => number): void;
  /** Nothing more comes. */
  end(): void;
  take(): readonly EncodedPart[];
}

/** Which head a pattern is; `undefined` for those of keys. */
export function headsOf({ nets }: SearchTables): (net: NetName, pattern: number) => EncodedHead | undefined {
  const first = nets['plain and base64'].patterns - encodedHeads.length;
  return (net, pattern) => (net === 'plain and base64' ? encodedHeads[pattern - first] : undefined);
}

/** Shorter ones hold no key. */
const leastCharacters = 32;

interface OpenRun {
  readonly head: EncodedHead;
  readonly startByte: number;
  readonly endByte: number;
  /** Offset in the stream of the next character. */
  next: number;
  /** One for each time that it was encoded. */
  readonly decoders: readonly RunDecoder[];
}

export function createEncodedRuns(): EncodedRuns {
  let begun: { readonly head: EncodedHead; readonly startByte: number }[] = [];
  let open: OpenRun | undefined;
  let parts: EncodedPart[] = [];
  let readTo = 0;

  function hand({ head: { kind }, startByte }: OpenRun, bytes: Uint8Array, isLast: boolean): void {
    if (bytes.length > 0 || isLast) parts.push({ kind, startByte, bytes, isLast });
  }

  /** Reads the open run as far as it goes. */
  function readOn(bytes: Uint8Array, base: number, to: number): void {
    if (open === undefined) return;
    const known = bytes.subarray(0, Math.max(0, Math.min(bytes.length, open.endByte - base)));
    const [first, second] = open.decoders as [RunDecoder, RunDecoder?];
    const { decoded, next, isOver } = first.read(known, open.next - base, Math.min(known.length, to));
    const inner = second?.read(decoded, 0, decoded.length);
    open.next = base + next;
    const isLast = isOver || inner?.isOver === true || open.next >= open.endByte;
    hand(open, inner?.decoded ?? decoded, isLast);
    readTo = open.next;
    if (isLast) open = undefined;
  }

  return {
    begin: (head, startByte) => void begun.push({ head, startByte }),
    pass(bytes, base, to, endOf) {
      readOn(bytes, base, to);
      for (const { head, startByte } of begun.toSorted((a, b) => a.startByte - b.startByte)) {
        if (open !== undefined || startByte < readTo || !isStart(head, bytes, startByte - base)) continue;
        open = { head, startByte, endByte: endOf(startByte), next: startByte, decoders: decodersOf(head) };
        // A key without a text of its own is told by what it is assigned to.
        if (head.kind === 'escapes' || head.kind === 'list of numbers') hand(open, nameBefore(bytes, startByte - base), false);
        readOn(bytes, base, to);
      }
      begun = [];
    },
    end() {
      if (open !== undefined) hand(open, new Uint8Array(0), true);
      open = undefined;
    },
    take() {
      const taken = parts;
      parts = [];
      return taken;
    },
  };
}

function decodersOf({ kind }: EncodedHead): readonly RunDecoder[] {
  const tokens = runTokens[kind];
  if (tokens !== undefined) return [createTokenStream(tokens)];
  return Array.from({ length: kind === 'gzip in base64, twice' ? 2 : 1 }, createBase64Stream);
}

/** Enough of it stands right behind; of base64, none right before. */
function isStart({ kind }: EncodedHead, bytes: Uint8Array, at: number): boolean {
  const starts = tokenStarts.get(kind);
  if (starts !== undefined) return starts(bytes, at);
  if (at > 0 && isData(bytes[at - 1])) return false;
  for (let n = 0; n < leastCharacters; n++) if (!isData(bytes[at + n])) return false;
  return true;
}

const tokenStarts = new Map(Object.entries(runTokens).map(([kind, tokens]) => [kind, tokenStart(tokens)]));

const isData = (byte: number | undefined): boolean => byte !== undefined && values[byte] !== noBase64;
