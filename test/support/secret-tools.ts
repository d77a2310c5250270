import type { GenerateSecret } from '../../src/demo/fill.ts';
import type { SecretTools } from '../../src/providers/inspect-answer.ts';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../src/secrets/detectors/example.ts';
import { lazyFinder } from '../../src/secrets/find.ts';
import { createFreeText } from '../../src/secrets/documents/free-text.ts';
import { createInspect } from '../../src/secrets/documents/inspect.ts';

/** The real detectors, and keys that they know, for the placeholders of fixtures. */
export async function secretTools(): Promise<SecretTools & { readonly fill: GenerateSecret }> {
  const set = await loadDetectorSet();
  const finder = lazyFinder({ set });
  return {
    inspect: createInspect({ set, finder }),
    maskText: createFreeText({ set, finder }),
    fill: (detector, number) => exampleOf(set.detectors, detector, number),
  };
}
