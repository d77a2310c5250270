import type { Check } from '../../model/check.ts';

/** A rule for each kind of key that the program knows. Nothing is compiled for it. */
export async function knownImageRules(): Promise<readonly Check[]> {
  const { readDetectorFiles } = await import('../../secrets/detectors/detectors.generated.ts');
  const { imageRules } = await import('./image-rules.ts');
  return imageRules(
    readDetectorFiles().flatMap(({ id, issuer, rotate, kinds }) =>
      Object.entries(kinds).map(([kind, spec]) => ({ id: `${id}.${kind}`, issuer, rotate, spec })),
    ),
  );
}
