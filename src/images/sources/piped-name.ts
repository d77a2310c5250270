import { UsageError } from '../../model/usage-error.ts';
import { parseRegistryReference } from '../reference.ts';

/** A piped archive that the user gave no name. */
export const unnamedPipe = 'stdin';

/**
 * What an archive is called: as its file; and where it was piped in without a name, as the images in it, if all of them are of one
 * repository. Two archives that are piped in one after the other stay apart so, and the findings of each keep their identity.
 */
export function archiveName(file: string, stored: string, names: readonly string[]): string {
  if (file !== '-' || stored !== unnamedPipe) return stored;
  const repositories = new Set(names.map(repositoryIn));
  const [only] = repositories;
  return repositories.size === 1 && only !== undefined ? only : stored;
}

/** `chat` of `chat:1.4` and `docker.io/library/chat:1.4`, `ghcr.io/acme/chat` of `ghcr.io/acme/chat:1.4`; none of a tag alone. */
function repositoryIn(name: string): string | undefined {
  if (!/[:/]/.test(name)) return undefined;
  try {
    const { host, repository } = parseRegistryReference(name);
    return host === 'docker.io' ? repository.replace(/^library\//, '') : `${host}/${repository}`;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
