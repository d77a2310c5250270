import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** `fresh`, or why dist/ could not be bundled. */
    readonly bundle: string;
  }
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Bundles the program once if its sources are newer: what the end-to-end tests start is what stands in src/. */
export default async function freshBundle({ provide }: TestProject): Promise<void> {
  provide('bundle', newest(['src', 'checks', 'package.json']) > bundledAt() ? await bundle() : 'fresh');
}

async function bundle(): Promise<string> {
  const run = promisify(execFile);
  try {
    for (const script of ['generate', 'bundle']) await run('npm', ['run', '-s', script], { cwd: root });
    return 'fresh';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The bundle's last step writes the manifest. */
function bundledAt(): number {
  return statSync(path.join(root, 'oclif.manifest.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(places: readonly string[]): number {
  const files = places.flatMap((place) => {
    const full = path.join(root, place);
    if (statSync(full).isFile()) return [full];
    return readdirSync(full, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.generated.ts'))
      .map((entry) => path.join(entry.parentPath, entry.name));
  });
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}
