import { isJsonObject } from './json.ts';
import { UsageError } from './usage-error.ts';

/**
 * Refuses a saved document whose `schemaVersion` this program cannot read: a newer one, or one of an older major version.
 * Throws a UsageError that names the version of aispm to install.
 */
export function refuseOtherVersion(document: unknown, readable: string, what: string, file: string): void {
  const version = isJsonObject(document) ? document['schemaVersion'] : undefined;
  if (typeof version !== 'string' || !/^\d+\.\d+$/.test(version))
    throw new UsageError(`"${file}" is no ${what} of aispm: it has no "schemaVersion"`, {
      hint: `give a file that aispm wrote as ${what}`,
    });
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [ourMajor = 0, ourMinor = 0] = readable.split('.').map(Number);
  if (major === ourMajor && minor <= ourMinor) return;
  const made = madeBy(document);
  if (major < ourMajor)
    throw new UsageError(`"${file}" has schema version ${version}, which this aispm no longer reads (it reads ${readable})`, {
      hint: made ? `read it with aispm ${made}: npx aispm@${made}` : 'read it with the aispm that wrote it, or scan again',
    });
  throw new UsageError(`"${file}" has schema version ${version}; this aispm reads up to ${readable}`, {
    hint: made ? `install aispm ${made} or newer: npm install aispm@${made}` : 'install the version of aispm that wrote it',
  });
}

function madeBy(document: unknown): string | undefined {
  const tool = isJsonObject(document) ? document['tool'] : undefined;
  const version = isJsonObject(tool) ? tool['version'] : undefined;
  return typeof version === 'string' && /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version) ? version : undefined;
}
