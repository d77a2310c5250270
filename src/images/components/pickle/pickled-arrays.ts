/** Bytes of an array that stand between the opcodes, as joblib writes them; `nested`: a pickle of objects stands there. */
export type RawArray =
  | { readonly kind: 'bytes'; readonly isAligned: boolean; readonly bytes: number }
  | { readonly kind: 'nested' }
  | { readonly kind: 'lost' };

/** By which joblib knows where an array stands: https://github.com/joblib/joblib/blob/main/joblib/numpy_pickle.py */
export const isArrayWrapper = (module: string, name: string): boolean =>
  name === 'NumpyArrayWrapper' && /(?:^|\.)joblib\.numpy_pickle$/.test(module);

/** What a wrapper says of its array; members that are not known are undefined. */
export interface ArrayState {
  readonly shape: readonly (number | undefined)[] | undefined;
  /** The first argument of `numpy.dtype`, such as `f8`. */
  readonly type: string | undefined;
  readonly isAligned: boolean;
}

/** What follows a wrapper with such a state. */
export function rawArrayOf({ shape, type, isAligned }: ArrayState): RawArray {
  const [, kind = '', digits = ''] = /^[|<>=]?([a-zA-Z])(\d{0,9})$/.exec(type ?? '') ?? [];
  if (kind === 'O') return { kind: 'nested' };
  const width = Number(digits) * (kind === 'U' ? 4 : 1);
  const items = shape?.reduce<number>((product, length) => product * (length ?? Number.NaN), 1) ?? Number.NaN;
  const bytes = items * width;
  return kind !== '' && digits !== '' && Number.isSafeInteger(bytes) && bytes >= 0 ? { kind: 'bytes', isAligned, bytes } : { kind: 'lost' };
}
