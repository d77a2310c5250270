import { inflateRawSync } from 'node:zlib';
import { latin1 } from '../recogniser.ts';

/** The bytes of a pickle in a zip, as far as they are here. */
export interface ZippedPickle {
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
}

const mostEntries = 50;
const largestInflated = 4 << 20;

/**
 * The first `.pkl` among the local entries at the start of a zip: `torch.save` writes it first. Sizes come from the local header;
 * an entry whose size stands behind its data ends the search unless it is the pickle.
 */
export function firstPickleInZip(bytes: Uint8Array): ZippedPickle | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let entry = 0; entry < mostEntries && at + 30 <= bytes.length && view.getUint32(at, true) === localHeader; entry++) {
    const hasSizeBehind = (view.getUint16(at + 6, true) & 8) !== 0;
    const method = view.getUint16(at + 8, true);
    const stored = view.getUint32(at + 18, true);
    const nameStart = at + 30;
    const nameEnd = nameStart + view.getUint16(at + 26, true);
    const dataStart = nameEnd + view.getUint16(at + 28, true);
    const isUnknown = stored === 0 && hasSizeBehind;
    const dataEnd = isUnknown ? bytes.length : dataStart + stored;
    if (latin1(bytes.subarray(nameStart, nameEnd)).endsWith('.pkl')) {
      const data = bytes.subarray(dataStart, Math.min(dataEnd, bytes.length));
      return { bytes: method === 0 ? data : inflated(data), isWhole: dataEnd <= bytes.length };
    }
    if (isUnknown) return undefined;
    at = dataEnd;
  }
  return undefined;
}

const localHeader = 0x04034b50;

/** What can be had of a deflated entry that may be cut off. A larger one than the limit is none that is walked. */
function inflated(data: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(data, { finishFlush: syncFlush, maxOutputLength: largestInflated });
  } catch {
    return new Uint8Array(); // damaged or too large: a walk of nothing says that it did not end
  }
}

const syncFlush = 2;
