import { declared, utf8 } from '../recogniser.ts';

/**
 * `general.name` and `general.version` of a GGUF file, as far as they stand in these bytes; the writer puts them first.
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function readGguf(bytes: Uint8Array): { readonly name?: string; readonly version?: string } {
  const values = new Map<string, string>();
  try {
    readMetadata(bytes, values);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the head ends here, or the file lies about a length: what was read stands
  }
  const name = declared(values.get('general.name') ?? values.get('general.basename'));
  const version = declared(values.get('general.version'));
  return { ...(name !== undefined && { name }), ...(version !== undefined && { version }) };
}

const mostEntries = 1000;

function readMetadata(bytes: Uint8Array, values: Map<string, string>): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = view.getUint32(4, true) < 0x10000;
  const version = view.getUint32(4, isLittle);
  let at = version === 1 ? 16 : 24;
  const length = (): number => {
    const value = version === 1 ? view.getUint32(at, isLittle) : Number(view.getBigUint64(at, isLittle));
    at += version === 1 ? 4 : 8;
    if (value > bytes.length) throw new RangeError('longer than what is here');
    return value;
  };
  const text = (): string => {
    const start = length() + 0;
    const from = at;
    at += start;
    if (at > bytes.length) throw new RangeError('longer than what is here');
    return utf8(bytes.subarray(from, at));
  };
  const skip = (type: number): void => {
    const width = widths[type];
    if (width === undefined) throw new RangeError('an unknown type');
    at += width;
  };
  const entries = Math.min(mostEntries, version === 1 ? view.getUint32(12, isLittle) : Number(view.getBigUint64(16, isLittle)));
  for (let entry = 0; entry < entries; entry++) {
    const name = text();
    const type = view.getUint32(at, isLittle);
    at += 4;
    if (type === string) values.set(name, text());
    else if (type === array) skipArray();
    else skip(type);
  }

  function skipArray(): void {
    const type = view.getUint32(at, isLittle);
    at += 4;
    const count = length();
    for (let item = 0; item < count; item++) {
      if (type === string) text();
      else skip(type);
    }
  }
}

const string = 8;
const array = 9;
/** Bytes of each scalar type, by its number. */
const widths: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];
