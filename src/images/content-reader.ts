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

/** Waits for the first bytes of a file, then asks for its reader. */
export function headed(open: (head: Uint8Array) => ContentReader | undefined): ContentReader {
  let head: Uint8Array | undefined = new Uint8Array(headBytes);
  let filled = 0;
  let reader: ContentReader | undefined;
  const start = (): void => {
    const first = (head as Uint8Array).subarray(0, filled); // started once
    head = undefined;
    reader = open(first);
    reader?.push(first);
  };
  return {
    push(bytes) {
      let at = 0;
      if (head !== undefined) {
        at = Math.min(bytes.length, headBytes - filled);
        head.set(bytes.subarray(0, at), filled);
        filled += at;
        if (filled < headBytes) return;
        start();
      }
      if (at < bytes.length) reader?.push(bytes.subarray(at));
    },
    end(isWhole) {
      if (head !== undefined) start();
      reader?.end(isWhole);
    },
  };
}
