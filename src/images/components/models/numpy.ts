import { numpyHeaderOf } from '../../numpy-header.ts';
import { latin1 } from '../recogniser.ts';

/** An array of numpy by its first bytes: is it one, and where do pickled objects start, if its elements are objects? */
export function readNumpy(bytes: Uint8Array): { readonly pickleStart?: number } | undefined {
  const header = numpyHeaderOf(bytes);
  if (header === undefined) return undefined;
  const end = Math.min(header.textEnd, bytes.length);
  const [, type] = /["']descr["']\s*:\s*([^]*)/.exec(latin1(bytes.subarray(header.textStart, end))) ?? [];
  if (type === undefined) return undefined;
  return holdsObjectType.test(type) ? { pickleStart: end } : {};
}

/** `'|O'` alone or as the type of a field, in every form that readers accept. No writer needs an escape there. */
const holdsObjectType = /(?:^|,)\s*["'](?:[|<>=]?O\d*|object)["']|\\/;
