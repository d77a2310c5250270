/** Formats of models of which nothing is read but what they are: by their extension and, where they have one, their magic. */
export function otherFormat(base: string, start: string, bytes: Uint8Array): string | undefined {
  const extension = base.slice(base.lastIndexOf('.') + 1).toLowerCase();
  const known = formats.get(extension);
  if (known !== undefined) return known.begins.test(start) ? known.format : undefined;
  if (extension === 'bin' && start.startsWith('\xba\x16\x4f\x2f')) return 'fasttext';
  if (extension === 'nemo') return Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar' ? 'nemo' : undefined;
  return undefined;
}

/** Every file begins so; the extension alone tells. */
const anything = /^/;

/** Their own documentation or code says what they begin with. */
const formats: ReadonlyMap<string, { readonly format: string; readonly begins: RegExp }> = new Map([
  ['bst', { format: 'xgboost', begins: /^(?:binf|\{L)/ }],
  ['ubj', { format: 'xgboost', begins: /^\{/ }],
  ['cbm', { format: 'catboost', begins: /^CBM1/ }],
  ['pmml', { format: 'pmml', begins: /^(?:\xef\xbb\xbf)?\s*<(?:\?xml|PMML)/ }],
  ['caffemodel', { format: 'caffe', begins: anything }],
  ['mnn', { format: 'mnn', begins: anything }],
  ['rknn', { format: 'rknn', begins: /^RKNN/ }],
  ['om', { format: 'ascend', begins: /^IMOD/ }],
  ['hef', { format: 'hailo', begins: /^[^]HEF/ }],
  ['pte', { format: 'executorch', begins: /^[^]{4}ET\d\d/ }],
  ['litertlm', { format: 'litert-lm', begins: /^LITERTLM/ }],
  ['llamafile', { format: 'llamafile', begins: /^(?:MZqFpD|\x7fELF)/ }],
  ['engine', { format: 'tensorrt engine', begins: /^(?:ftrt|ptrt)/ }],
  ['plan', { format: 'tensorrt engine', begins: /^(?:ftrt|ptrt)/ }],
  ['index', { format: 'faiss index', begins: /^Ix[A-Z]/ }],
  ['faiss', { format: 'faiss index', begins: /^Ix[A-Z]/ }],
]);
