/** What may happen to who loads a model file: code of its author runs, or something is unpickled of which nobody looked at the opcodes. */
export type ModelRisk = 'runs code' | 'unpickles more';

export interface ModelWarning {
  /** One sentence about the file. */
  readonly text: string;
  /** Absent where it takes more than loading the file. */
  readonly risk?: ModelRisk;
}

/** What the opcodes do with a name: look it up, give it to something that is called or built, or call it. */
export type NameUse = 'imported' | 'handed' | 'called';

/** A name that reaches far. `unpickles`: it is a function that unpickles what it is given. */
export function importWarning(name: string, use: NameUse, unpickles: boolean): ModelWarning {
  if (use === 'imported') return { text: `loading it imports ${printable(name)}` };
  const text = use === 'called' ? `loading it calls ${printable(name)}` : `loading it hands ${printable(name)} to what it calls`;
  return { text, risk: unpickles ? 'unpickles more' : 'runs code' };
}

/** Names are written down by every library that pickles; who computes them has something to hide. */
export const hiddenNames: ModelWarning = { text: 'imports something under a name that cannot be read from its opcodes', risk: 'runs code' };

/** Keras keeps Python code in such layers. */
export const lambdaLayer: ModelWarning = { text: 'has a Lambda layer: loading the model runs code that it holds', risk: 'runs code' };

/** Keras looks such names up and calls them to build the layers. */
export const configWarning = (name: string): ModelWarning => ({
  text: `its configuration names ${printable(name)}: loading the model calls it`,
  risk: 'runs code',
});

/** A name in a configuration that is not written as any program writes it. */
export const hiddenConfig: ModelWarning = { text: 'its configuration hides names behind escapes', risk: 'runs code' };

/** Ordinary in old arrays of strings; what the objects call is said beside it. */
export const holdsObjects: ModelWarning = { text: 'holds Python objects: loading it unpickles them' };

/** Counted where that is so: what such files do is not known. */
export const unwalkedPickles = 'pickles whose opcodes were read in part or not at all: they are large, compressed, or mixed with arrays';

/** Whatever is no ASCII is shown as a question mark. */
const printable = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, 120);

/** The worst of them. */
export function riskOf(warnings: readonly ModelWarning[]): ModelRisk | undefined {
  const risks = warnings.map(({ risk }) => risk);
  return risks.includes('runs code') ? 'runs code' : risks.find((risk) => risk !== undefined);
}
