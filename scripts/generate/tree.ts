import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The source tree as the generator sees it: paths are relative to its root and use `/`. */
export interface Tree {
  /** Files below a folder whose names end so, in code-unit order; none if the folder is missing. */
  files(folder: string, ending: string): readonly string[];
  has(path: string): boolean;
  read(path: string): string;
  bytes(path: string): Buffer;
  /** Leaves an equal file alone; otherwise replaces it in one step, so that a reader never sees half of it. */
  write(path: string, text: string): void;
  /** Deletes generated files that this run did not write. */
  removeStale(): void;
}

export function openTree(root: string): Tree {
  const written = new Set<string>();
  const files = (folder: string, ending: string): string[] =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
          .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length).replaceAll('\\', '/'))
          .sort()
      : [];
  return {
    files,
    has: (path) => existsSync(join(root, path)),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    bytes: (path) => readFileSync(join(root, path)),
    write: (path, text) => {
      written.add(path);
      const target = join(root, path);
      if (existsSync(target) && readFileSync(target, 'utf8') === text) return;
      const draft = join(root, '.cache', `${path.replaceAll('/', '-')}.${process.pid}`);
      mkdirSync(dirname(draft), { recursive: true });
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(draft, text);
      renameSync(draft, target);
    },
    removeStale: () => {
      for (const path of files('src', '.generated.ts')) if (!written.has(path)) rmSync(join(root, path));
    },
  };
}
