import type { ContentReader } from './content-reader.ts';
import type { EncodedKind, EncodedPart } from '../layer/layer-pass.ts';
import type { Place } from '../layer/places.ts';

/** What runs of base64 in one stream hold, read as files of their own. */
export interface EncodedReader {
  /** `place`: where the run begins; asked for at its first part. */
  pass(part: EncodedPart, place: () => Place): void;
}

/** `open` is given a path that says where the run stands. */
export function createEncodedReader(open: (path: string, kind: EncodedKind) => ContentReader | undefined): EncodedReader {
  let current: { readonly startByte: number; readonly reader: ContentReader | undefined } | undefined;
  return {
    pass({ kind, startByte, bytes, isLast }, place) {
      if (current?.startByte !== startByte) current = { startByte, reader: open(pathOf(kind, place()), kind) };
      current.reader?.push(bytes);
      if (!isLast) return;
      current.reader?.end(true);
      current = undefined;
    },
  };
}

function pathOf(kind: EncodedKind, { path, line, offsetInFile }: Place): string {
  const where = [...(line === undefined ? [] : [`line ${line}`]), ...(offsetInFile === undefined ? [] : [`byte ${offsetInFile}`])];
  return `${path === '' ? '' : `${path}!/`}${kind}${where.length === 0 ? '' : ` at ${where.join(', ')}`}`;
}
