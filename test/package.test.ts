import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pjson = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies' | 'because', Record<string, string>>;

describe('package.json', () => {
  const all = { ...pjson.dependencies, ...pjson.devDependencies };

  it('says in one sentence why each dependency is there, and speaks of no other', () => {
    expect(Object.keys(pjson.because).sort()).toEqual(Object.keys(all).sort());
    for (const sentence of Object.values(pjson.because)) expect(sentence).toMatch(/^[A-Z].+\.$/);
  });

  it('pins each dependency exactly, because an installed package ignores our lock file', () => {
    for (const version of Object.values(all)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe.each(['package-lock.json', 'test/tools/package-lock.json'])('%s', (path) => {
  const { packages } = JSON.parse(read(path)) as {
    packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>;
  };

  it('names no registry', () => {
    expect(Object.values(packages).flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
  });

  it('holds the packages of every platform, so that npm 11 takes it everywhere', () => {
    const isPlatform = (name: string): boolean => /[-/](arm64|x64|ia32|arm|riscv64|s390x|ppc64)\b/.test(name);
    const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => isPlatform(name) && !(`node_modules/${name}` in packages) && !(`${place}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });
});

describe('the bundle', () => {
  const dist = join(root, 'dist');

  it('was built by `npm ci`', () => {
    expect(existsSync(join(dist, 'cli/main.js'))).toBe(true);
  });

  it('starts any command without a cloud SDK, YAML, ajv, or anything else from outside', () => {
    const commands = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) => /^commands[\\/].*\.js$/.test(path));
    const outside = [...imported(['cli/main.js', ...commands].map((path) => join(dist, path)))].filter((name) => !name.startsWith('node:'));
    expect(outside.filter((name) => /^[@a-z]/.test(name) && !isBuiltIn(name))).toEqual([]);
  });
});

/** Names of packages and built-in modules that are imported as soon as these files are. */
function imported(files: readonly string[]): Set<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const open = [...files];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^'"();]*["']([^"']+)["'];?$/gm)) {
      if (name.startsWith('.')) open.push(join(dirname(file), name));
      else names.add(name);
    }
  }
  return names;
}

const isBuiltIn = (name: string): boolean => process.getBuiltinModule(name) !== undefined;
