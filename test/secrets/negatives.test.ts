import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loadDetectors } from '../../src/secrets/detectors.ts';
import { createFinder } from '../../src/secrets/find.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Read-mes, changes, lock files, minified and compiled code, type declarations, source maps, binaries: what images are full of. */
const kinds = /(?:\.md|\.json|\.min\.js|\.js|\.mjs|\.cjs|\.d\.ts|\.map|\.wasm|\.node|\.yml|LICENSE)$/;
const largestFile = 4 << 20;
const enough = 120 << 20;

it('on the packages that this project installs, nothing is called a certain or likely key', async () => {
  const finder = createFinder(await loadDetectors());
  const alarms: string[] = [];
  let bytes = 0;
  for (const path of [join(root, 'package-lock.json'), ...files(join(root, 'node_modules'))]) {
    if (bytes > enough) break;
    const content = readFileSync(path);
    bytes += content.length;
    for (const { rule, confidence, start } of finder.find(content)) {
      if (confidence !== 'possible') alarms.push(`${rule} ${confidence} ${path}:${start}`);
    }
  }
  expect(alarms).toEqual([]);
  expect(bytes).toBeGreaterThan(20 << 20);
});

function* files(folder: string): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.isFile() && kinds.test(entry.name) && statSync(path).size <= largestFile) yield path;
  }
}
