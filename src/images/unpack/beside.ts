/** What a packed stream holds beside its content: fields of the headers of gzip, frames that zstd skips. A key may lie there, too. */
export interface Beside {
  readonly bytes: Uint8Array;
  /** More of it was there than is kept. */
  readonly isCut: boolean;
}

export interface BesideWriter {
  /** More of the current field. */
  add(bytes: Uint8Array, from: number, to: number): void;
  /** The field ends. Short ones hold no key, and tools write one for each piece that they pack. */
  end(): void;
  read(): Beside | undefined;
}

const leastField = 16;
const mostOfField = 64 << 10;
const mostBytes = 1 << 20;

export function besideWriter(): BesideWriter {
  const fields: Buffer[] = [];
  let parts: Buffer[] = [];
  let length = 0;
  let kept = 0;
  let isCut = false;
  return {
    add(bytes, from, to) {
      const wanted = Math.max(0, Math.min(to, from + mostOfField - length));
      isCut ||= wanted < to;
      if (wanted <= from) return;
      parts.push(Buffer.from(bytes.subarray(from, wanted)));
      length += wanted - from;
    },
    end() {
      if (length >= leastField) {
        if (kept + length <= mostBytes) fields.push(...parts, Buffer.from('\n'));
        else isCut = true;
        kept += length;
      }
      parts = [];
      length = 0;
    },
    read: () => (fields.length === 0 && !isCut ? undefined : { bytes: Buffer.concat(fields), isCut }),
  };
}
