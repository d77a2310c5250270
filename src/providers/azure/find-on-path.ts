import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The file that a shell would run for this name, or `undefined`. */
export function findOnPath(name: string, env: { readonly [name: string]: string | undefined }): string | undefined {
  const endings = process.platform === 'win32' ? ['.cmd', '.exe', '.bat'] : [''];
  return (env['PATH'] ?? env['Path'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
