import type { Check } from '../model/check.ts';

/** A rule for each kind of key that the program knows. Reads and compiles the detectors. */
export async function knownImageRules(): Promise<readonly Check[]> {
  const { loadDetectors } = await import('../secrets/detectors.ts');
  const { imageRules } = await import('./image-rules.ts');
  return imageRules(await loadDetectors());
}
