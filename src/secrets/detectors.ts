import { compileDetectors, type Detector } from './compile.ts';

/** The detectors that the program ships with. Reads and compiles them anew at each call; keep what it returns. */
export async function loadDetectors(): Promise<readonly Detector[]> {
  const { readDetectorFiles } = await import('./detectors.generated.ts');
  return compileDetectors(readDetectorFiles());
}
