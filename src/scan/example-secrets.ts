import { loadDetectors } from '../secrets/detectors/detectors.ts';
import { exampleOf } from '../secrets/detectors/example.ts';

/** Makes the keys that fixtures ask for, from the shapes of the detectors: the same detector and number give the same key. */
export async function exampleSecrets(): Promise<(detector: string, number: number) => string> {
  const detectors = await loadDetectors();
  return (detector, number) => exampleOf(detectors, detector, number);
}
