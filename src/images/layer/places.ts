import type { Held } from './layer-pass.ts';

/** A file in a stream of bytes: offsets of its content. */
export interface Region {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** Its bytes are searched elsewhere, too. */
  readonly isCopy?: true;
}

export interface Place {
  readonly path: string;
  readonly line?: number;
  /** Counted in code units of UTF-16, as editors and SARIF do. */
  readonly column?: number;
  readonly offsetInFile?: number;
}

export interface Places {
  /** After each commit. `fileAt`: the file that an offset of the stream is in. */
  pass(held: Held, fileAt: (offset: number) => Region | undefined): void;
  /** Where in its file an offset is; with its line where that is held, and the file is text. */
  placeOf(file: Region, offset: number, held: Held): Place;
}

const newline = 10;
/** As git does: content with a NUL byte among its first is no text. */
const textProbeBytes = 8_000;

/**
 * Lines are counted only where they may be asked for: in the bytes before a match, which the search still holds, and in a text of which
 * it lets go a part.
 */
export function createPlaces(): Places {
  let cut: CutText | undefined;
  let column = { newlineBefore: -2, offset: 0, units: 0 };

  function pass(held: Held, fileAt: (offset: number) => Region | undefined): void {
    const { bytes, startByte, keptFrom } = held;
    if (keptFrom === startByte) return;
    const file = fileAt(keptFrom);
    const last = cut !== undefined && cut.start === file?.start ? cut : undefined;
    cut = undefined;
    if (file === undefined || (last === undefined && (file.start < startByte || !isText(file, held)))) return;
    const { start, lines, newlineBefore } = last ?? { start: file.start, lines: 0, newlineBefore: file.start - 1 };
    const from = Math.max(start, startByte) - startByte;
    const found = bytes.lastIndexOf(newline, keptFrom - startByte - 1);
    cut = {
      start,
      lines: lines + held.newlines(from, keptFrom - startByte),
      newlineBefore: found >= from ? startByte + found : newlineBefore,
    };
  }

  function placeOf(file: Region, offset: number, held: Held): Place {
    const { bytes, startByte } = held;
    const place = { path: file.path, offsetInFile: offset - file.start };
    const at = offset - startByte;
    if (at < 0 || at > bytes.length) return place;
    const isHeld = file.start >= startByte;
    if (isHeld ? !isText(file, held) : cut?.start !== file.start) return place;
    const from = Math.max(file.start, startByte) - startByte;
    const before = isHeld || cut === undefined ? { lines: 0, newlineBefore: file.start - 1 } : cut;
    const found = at > 0 ? bytes.lastIndexOf(newline, at - 1) : -1;
    const newlineBefore = found >= from ? startByte + found : before.newlineBefore;
    return { ...place, line: 1 + before.lines + held.newlines(from, at), column: columnOf(offset, newlineBefore, held) };
  }

  /** Matches come in order: what of their line was counted for the last is not counted again. */
  function columnOf(offset: number, newlineBefore: number, { bytes, startByte }: Held): number {
    // Of a line whose beginning is no longer held the bytes are counted.
    if (newlineBefore + 1 < startByte) return offset - newlineBefore;
    const isOn = column.newlineBefore === newlineBefore && column.offset <= offset && column.offset >= startByte;
    const last = isOn ? column : { offset: newlineBefore + 1, units: 0 };
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + last.offset - startByte, offset - last.offset).toString();
    column = { newlineBefore, offset, units: last.units + text.length };
    return 1 + column.units;
  }

  return { pass, placeOf };
}

function isText({ start, end }: Region, { bytes, startByte }: Held): boolean {
  const from = start - startByte;
  return !bytes.subarray(from, Math.min(end - startByte, from + textProbeBytes)).includes(0);
}

/** A text whose first part is no longer held. */
interface CutText {
  /** Where it starts in the stream. */
  readonly start: number;
  /** Newlines in that part. */
  readonly lines: number;
  /** The last of them, or the byte before the text. */
  readonly newlineBefore: number;
}
