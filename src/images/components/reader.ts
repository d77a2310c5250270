import type { AiComponent } from '../layer-pass.ts';
import { modelFiles } from './model-files.ts';
import { nodePackages } from './node-packages.ts';
import { pythonPackages } from './python-packages.ts';
import { contentBytes, headBytes, type Recogniser, type Want } from './recogniser.ts';
import { rpmDatabases } from './rpm-databases.ts';
import { runtimes } from './runtimes.ts';
import { systemPackages } from './system-packages.ts';

/** Recognises AI packages, runtimes and model files among the members of a layer, from their names and first bytes. Loads none of them. */
export interface ComponentReader {
  /** What `member` needs of a regular file of this path and size; `undefined`: nothing. */
  wants(path: string, size: number): Want | undefined;
  /** `bytes`: what `wants` asked for (or less, where it could not be had). Never throws, whatever they hold. */
  member(path: string, size: number, bytes: Uint8Array): readonly AiComponent[];
  /** What was recognised so far and not read by design, counted. */
  limits(): readonly { readonly subject: string; readonly count: number }[];
}

export { contentBytes, headBytes };

/** Members beyond this number are counted, not listed: a hostile layer could hold millions. */
const mostComponents = 20_000;

export function createComponentReader(): ComponentReader {
  const counts = new Map<string, number>();
  const count = (subject: string): void => void counts.set(subject, (counts.get(subject) ?? 0) + 1);
  let found = 0;

  return {
    wants: (path, size) => recogniserOf(path, size)?.want,
    member(path, size, bytes) {
      const chosen = recogniserOf(path, size);
      if (chosen === undefined) return [];
      const { components, limits = [] } = chosen.recogniser.read({ path, base: chosen.base, size, bytes });
      for (const limit of limits) count(limit);
      const listed = components.slice(0, mostComponents - found);
      found += listed.length;
      if (listed.length < components.length) count('components beyond the first 20,000 of a layer');
      return listed;
    },
    limits: () => [...counts].map(([subject, n]) => ({ subject, count: n })),
  };
}

const recognisers: readonly Recogniser[] = [pythonPackages, nodePackages, systemPackages, rpmDatabases, runtimes, modelFiles];

function recogniserOf(path: string, size: number): { recogniser: Recogniser; base: string; want: Want } | undefined {
  if (size === 0) return undefined;
  const base = path.slice(path.lastIndexOf('/') + 1);
  for (const recogniser of recognisers) {
    const want = recogniser.wants(path, base, size);
    if (want !== undefined) return { recogniser, base, want };
  }
  return undefined;
}
