/** Of an end record, without its comment; of the longest comment. */
const endBytes = 22;
const longestComment = 0xffff;
const endMagic = 'PK\x05\x06';

/** An end record of a zip, as programs look for it: by its magic alone. */
export interface EndRecord {
  /** Where it begins and, as it says, ends. */
  readonly at: number;
  readonly end: number;
  readonly files: number;
}

export interface EndWatch {
  /** The next bytes, and the offset at which they stand. */
  push(bytes: Buffer, offset: number): void;
  /** The last record, where it is near enough to the end of all bytes for programs to find it. */
  last(size: number): EndRecord | undefined;
}

/** Looks for the last record that ends a zip in bytes of any kind: whatever stands before it, programs read by it. */
export function watchForEnd(): EndWatch {
  let found: EndRecord | undefined;
  let tail = Buffer.alloc(0);

  function look(bytes: Buffer, offset: number): void {
    for (let at = bytes.lastIndexOf(endMagic, undefined, 'latin1'); at >= 0; at = bytes.lastIndexOf(endMagic, at - 1, 'latin1')) {
      if (at + endBytes <= bytes.length && isLikelyEnd(bytes, at, offset + at)) {
        found = { at: offset + at, end: offset + at + endBytes + bytes.readUInt16LE(at + 20), files: bytes.readUInt16LE(at + 10) };
        return;
      }
      if (at === 0) return;
    }
  }

  return {
    push(bytes, offset) {
      const joint = Buffer.concat([tail, bytes.subarray(0, endBytes)]);
      look(joint, offset - tail.length);
      if (bytes.length > endBytes) look(bytes, offset);
      tail = Buffer.from((bytes.length < endBytes ? joint : bytes).subarray(-(endBytes - 1)));
    },
    last: (size) => (found !== undefined && found.at + endBytes + longestComment >= size ? found : undefined),
  };
}

/** With a directory that can stand before it. More is not asked for, because some programs do not ask for more. */
function isLikelyEnd(bytes: Buffer, at: number, offset: number): boolean {
  const directoryBytes = bytes.readUInt32LE(at + 12);
  return directoryBytes === 0xffffffff || (directoryBytes >= smallestDirectory && directoryBytes <= offset);
}

const smallestDirectory = 46;
