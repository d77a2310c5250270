import { readNumpy } from '../models/numpy.ts';
import { type PickleStream, pickleStream } from './pickle-stream.ts';
import { isNumpy, numpyHeaderOf, numpyIntroBytes, numpyMagicBytes } from '../../numpy-header.ts';

/** Longer headers are none that numpy reads. */
const longestHeader = 1 << 20;

/** The pickles of a file that may be an array of numpy: of one, those behind its header if it holds objects; of any other file, from its first byte on. */
export function arrayPickles(): PickleStream {
  const stream = pickleStream();
  let held: Buffer | undefined = Buffer.alloc(0);
  let isNumbers = false;

  function begin(bytes: Buffer): void {
    const array = readNumpy(bytes);
    if (array === undefined) stream.push(bytes);
    else if (array.pickleStart === undefined) isNumbers = true;
    else stream.push(bytes.subarray(array.pickleStart));
    held = undefined;
  }

  return {
    push(bytes) {
      if (isNumbers) return;
      if (held === undefined) {
        stream.push(bytes);
        return;
      }
      held = Buffer.concat([held, bytes]);
      if (isHeaderHere(held)) begin(held);
    },
    end() {
      if (held !== undefined) begin(held);
      return stream.end();
    },
  };
}

function isHeaderHere(bytes: Buffer): boolean {
  if (bytes.length < numpyIntroBytes) return bytes.length >= numpyMagicBytes && !isNumpy(bytes);
  const header = numpyHeaderOf(bytes);
  return header === undefined || header.textEnd > longestHeader || bytes.length >= header.textEnd;
}
