/** What may happen to who loads a model file: code of its author runs, or something is unpickled of which nobody looked at the opcodes. */
export type ModelRisk = 'runs code' | 'unpickles more';

export interface ModelWarning {
  /** One sentence about the file. */
  readonly text: string;
  /** Absent where it takes more than loading the file. */
  readonly risk?: ModelRisk;
}

/** Functions that unpickle what they are given: PyTorch's own storages are pickled as calls of one. */
const unpicklers = new Set([
  'torch.storage._load_from_bytes',
  'torch.load',
  'torch.jit.load',
  'joblib.load',
  'numpy.load',
  'pandas.read_pickle',
]);

/** A name that reaches far: where the opcodes call it, and where they only look it up. */
export function importWarning(name: string, isCalled: boolean): ModelWarning {
  if (!isCalled) return { text: `loading it imports ${printable(name)}` };
  return { text: `loading it calls ${printable(name)}`, risk: unpicklers.has(name) ? 'unpickles more' : 'runs code' };
}

/** Names are written down by every library that pickles; who computes them has something to hide. */
export const hiddenNames: ModelWarning = { text: 'imports something under a name that cannot be read from its opcodes', risk: 'runs code' };

/** Keras keeps Python code in such layers. */
export const lambdaLayer: ModelWarning = { text: 'has a Lambda layer: loading the model runs code that it holds', risk: 'runs code' };

/** Ordinary in old arrays of strings; what the objects call is said beside it. */
export const holdsObjects: ModelWarning = { text: 'holds Python objects: loading it unpickles them' };

/** Whatever is no ASCII is shown as a question mark. */
const printable = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, 120);

/** The worst of them. */
export function riskOf(warnings: readonly ModelWarning[]): ModelRisk | undefined {
  const risks = warnings.map(({ risk }) => risk);
  return risks.includes('runs code') ? 'runs code' : risks.find((risk) => risk !== undefined);
}
