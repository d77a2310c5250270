import { addUserChecks, loadBundledChecks, type LoadedCheck, type RefusedFile } from '../../checks/load.ts';
import { type Catalogue, catalogueOf } from './catalogue.ts';

/** The checks to test: those of a file or folder beside the bundled ones (which they may replace), or all bundled ones. */
export async function testedChecks(
  place: string | undefined,
): Promise<{ readonly tested: readonly LoadedCheck[]; readonly refused: readonly RefusedFile[]; readonly catalogue: Catalogue }> {
  const bundled = await loadBundledChecks();
  if (place === undefined) return { tested: bundled.checks, refused: [], catalogue: catalogueOf(bundled) };
  const { added, refused, ...known } = await addUserChecks(bundled, place, { replace: true, tolerant: true });
  return { tested: added, refused, catalogue: catalogueOf(known) };
}
