import { latin1 } from '../recogniser.ts';

/**
 * The header of a `.npy` file: is it one, and where do pickled objects start, if its elements are objects?
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNumpy(bytes: Uint8Array): { readonly pickleStart?: number } | undefined {
  if (bytes.length < 12) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isShort = bytes[6] === 1;
  const start = isShort ? 10 : 12;
  const end = start + (isShort ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = latin1(bytes.subarray(start, Math.min(end, bytes.length)));
  const [, type] = /["']descr["']\s*:\s*([^]*)/.exec(header) ?? [];
  if (type === undefined) return undefined;
  return holdsObjectType.test(type) ? { pickleStart: Math.min(end, bytes.length) } : {};
}

/** `'|O'` alone or as the type of a field, in every form that readers accept. No writer needs an escape there. */
const holdsObjectType = /(?:^|,)\s*["'](?:[|<>=]?O\d*|object)["']|\\/;
