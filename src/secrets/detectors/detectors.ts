import { type Detector, detectorsOf } from './compile.ts';
import type { DetectorSet, SharedSearch } from './detector-set.ts';

/** The detectors that the program ships with. Each is compiled when something of it is asked for. Keep what this returns. */
export async function loadDetectors(): Promise<readonly Detector[]> {
  const { readDetectorFiles } = await import('./detectors.generated.ts');
  return detectorsOf(readDetectorFiles());
}

/** The same with what a search for their keys needs. Worker threads are handed what the main thread has. */
export async function loadDetectorSet(shared?: SharedSearch): Promise<DetectorSet & { readonly shared: SharedSearch }> {
  const { readDetectorFiles } = await import('./detectors.generated.ts');
  const { detectorSetOf } = await import('./detector-set.ts');
  const search = shared ?? (await loadSearch());
  return { ...detectorSetOf(readDetectorFiles(), search), shared: search };
}

async function loadSearch(): Promise<SharedSearch> {
  const { compiledCode } = await import('./detector-set.ts');
  const { readTables } = await import('../search/search-tables.generated.ts');
  const tables = readTables();
  const shared = new Uint8Array(new SharedArrayBuffer(tables.length));
  shared.set(tables);
  return { tables: shared, code: compiledCode() };
}
