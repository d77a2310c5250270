import type { Platform } from '../../images/image.ts';
import { parsePlatform } from '../../images/manifests/platforms.ts';
import { parseReference } from '../../images/reference.ts';
import { UsageError } from '../../model/usage-error.ts';

/** References of a file: one a line; `#` begins a comment. Throws a UsageError that names the line. */
export function parseImageList(bytes: Uint8Array, file: string): readonly string[] {
  if (bytes.includes(0)) throw new UsageError(`the list of images "${file}" is no text`, { hint: 'write one reference a line' });
  const lines = Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim());
  for (const [at, line] of lines.entries()) if (line !== '') demandReference(line, `line ${at + 1} of "${file}"`);
  return lines.filter((line) => line !== '');
}

function demandReference(text: string, place: string): void {
  try {
    parseReference(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${place}: ${error.message}`, { ...(error.hint !== undefined && { hint: error.hint }), cause: error });
  }
}

/** `OS/ARCHITECTURE[/VARIANT]` as the user wrote it. Throws a UsageError. */
export function parsePlatformChoice(text: string): Platform {
  const platform = parsePlatform(text);
  if (platform !== undefined) return platform;
  throw new UsageError(`--platform "${text}" is no platform`, {
    hint: 'write OS/ARCHITECTURE[/VARIANT], for example linux/arm64 or linux/arm/v7',
  });
}
