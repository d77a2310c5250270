import type { GenerateSecret } from '../../src/demo/fill.ts';
import type { SecretTools } from '../../src/providers/inspect-answer.ts';
import { loadDetectors } from '../../src/secrets/detectors.ts';
import { exampleOf } from '../../src/secrets/example.ts';
import { createFreeText } from '../../src/secrets/free-text.ts';
import { createInspect } from '../../src/secrets/inspect.ts';

/** The real detectors, and keys that they know, for the placeholders of fixtures. */
export async function secretTools(): Promise<SecretTools & { readonly fill: GenerateSecret }> {
  const detectors = await loadDetectors();
  return {
    inspect: createInspect({ detectors }),
    maskText: createFreeText({ detectors }),
    fill: (detector, number) => exampleOf(detectors, detector, number),
  };
}
