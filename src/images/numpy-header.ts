/** The header of a `.npy` file: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
interface NumpyHeader {
  /** Offsets of its text, a Python literal; the array begins where it ends. */
  readonly textStart: number;
  readonly textEnd: number;
}

/** The first bytes of an array, and how many say where its header ends. */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const; // \x93NUMPY
export const numpyMagicBytes = magic.length;
export const numpyIntroBytes = 12;

export const isNumpy = (bytes: Uint8Array): boolean => magic.every((byte, at) => bytes[at] === byte);

/** Where the header of an array stands; `undefined` where the bytes begin no array, or are fewer than `numpyIntroBytes`. */
export function numpyHeaderOf(bytes: Uint8Array): NumpyHeader | undefined {
  if (bytes.length < numpyIntroBytes || !isNumpy(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isVersion1 = bytes[6] === 1;
  const textStart = isVersion1 ? 10 : 12;
  return { textStart, textEnd: textStart + (isVersion1 ? view.getUint16(8, true) : view.getUint32(8, true)) };
}
