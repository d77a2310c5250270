import { readNumpy } from '../models/numpy.ts';
import { type PickleStream, pickleStream } from './pickle-stream.ts';
import { latin1 } from '../recogniser.ts';

/** Longer headers are none that numpy reads. */
const longestHeader = 1 << 20;

/** The pickles of a file that may be an array of numpy: of one, those behind its header if it holds objects; of any other file, from its first byte on. */
export function arrayPickles(): PickleStream {
  const stream = pickleStream();
  let held: Buffer | undefined = Buffer.alloc(0);
  let isNumbers = false;

  function begin(bytes: Buffer): void {
    const array = startsAsArray(bytes) ? readNumpy(bytes) : undefined;
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

const startsAsArray = (bytes: Buffer): boolean => latin1(bytes.subarray(0, 6)) === '\x93NUMPY';

function isHeaderHere(bytes: Buffer): boolean {
  if (bytes.length < 12) return bytes.length >= 6 && !startsAsArray(bytes);
  if (!startsAsArray(bytes)) return true;
  const headerBytes = bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  return headerBytes > longestHeader || bytes.length >= 12 + headerBytes;
}
