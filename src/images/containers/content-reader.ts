/** Takes the content of one member, in order. */
export interface ContentReader {
  push(bytes: Uint8Array): void;
  /** `isWhole`: nothing of the content is missing. */
  end(isWhole: boolean): void;
}

/** Both read the same. */
export function both(one: ContentReader | undefined, other: ContentReader | undefined): ContentReader | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    push(bytes) {
      one.push(bytes);
      other.push(bytes);
    },
    end(isWhole) {
      one.end(isWhole);
      other.end(isWhole);
    },
  };
}

const headBytes = 512;

/** Waits for the first bytes of a file, then asks for its reader. Mostly the first piece has all that is wanted: nothing is kept then. */
export function headed(open: (head: Uint8Array) => ContentReader | undefined): ContentReader {
  let held: Uint8Array | undefined;
  let reader: ContentReader | undefined;
  let isOpen = false;
  const start = (bytes: Uint8Array): void => {
    isOpen = true;
    held = undefined;
    reader = open(bytes.subarray(0, headBytes));
    reader?.push(bytes);
  };
  return {
    push(bytes) {
      if (isOpen) {
        reader?.push(bytes);
        return;
      }
      const known = held === undefined ? bytes : Buffer.concat([held, bytes]);
      if (known.length >= headBytes) start(known);
      else held = held === undefined ? Buffer.from(bytes) : known;
    },
    end(isWhole) {
      if (!isOpen) start(held ?? new Uint8Array(0));
      reader?.end(isWhole);
    },
  };
}
