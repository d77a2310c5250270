import type { Container, Item } from '../container.ts';
import type { ContentReader } from '../content-reader.ts';
import { readPackedItem } from '../packed.ts';
import type { ZipFile } from './zip-records.ts';

/** Ways of packing beside deflate (APPNOTE.TXT, 4.4.5). */
const method = { bzip2: 12, lzma: 14, xz: 95 };

/** Whether a file of a zip is packed in a way that is opened, beside deflate. */
export const isPackedOtherwise = (file: ZipFile): boolean => Object.values(method).includes(file.method);

/** Takes the packed bytes of such a file. */
export function readPackedOtherwise(container: Container, item: Item, file: ZipFile): ContentReader | undefined {
  if (file.method === method.bzip2) return readPackedItem(container, item, 'bzip2');
  if (file.method === method.xz) return readPackedItem(container, item, 'xz');
  const reader = readPackedItem(container, item, 'lzma');
  return reader && withHeader(reader, file.unpacked);
}

/** Of the version of LZMA, and of the length of its properties, which are five bytes; then these. */
const ownBytes = 4;
const propertyBytes = 5;

/** Before its data LZMA has a header of its own in a zip (APPNOTE.TXT, 5.8.8): the usual one has the length behind the properties. */
function withHeader(reader: ContentReader, unpacked: number | undefined): ContentReader {
  let held: Buffer | undefined = Buffer.alloc(0);
  return {
    push(bytes) {
      if (held === undefined) return reader.push(bytes);
      held = Buffer.concat([held, bytes]);
      if (held.length < ownBytes + propertyBytes) return undefined;
      const length = Buffer.alloc(8, 0xff);
      if (unpacked !== undefined) length.writeBigUInt64LE(BigInt(unpacked));
      reader.push(Buffer.concat([held.subarray(ownBytes, ownBytes + propertyBytes), length, held.subarray(ownBytes + propertyBytes)]));
      held = undefined;
      return undefined;
    },
    end: (isWhole) => reader.end(isWhole),
  };
}
