import { roleOf } from './ai-packages.ts';
import { contentIfSmall, declared, nothing, type Recogniser, utf8 } from '../recogniser.ts';

/**
 * Installed Python packages: `*.dist-info/METADATA` (PEP 376, 566), `*.egg-info/PKG-INFO`, a bare `*.egg-info` file, `EGG-INFO/PKG-INFO`
 * of an egg, and `conda-meta/*.json`.
 */
export const pythonPackages: Recogniser = {
  wants(path, base, size) {
    if (base === 'METADATA') return path.endsWith('.dist-info/METADATA') ? contentIfSmall(size) : undefined;
    if (base === 'PKG-INFO')
      return path.endsWith('.egg-info/PKG-INFO') || path.endsWith('EGG-INFO/PKG-INFO') ? contentIfSmall(size) : undefined;
    if (base.endsWith('.egg-info')) return contentIfSmall(size);
    if (base.endsWith('.json') && path.includes('conda-meta/')) return 'head';
    return undefined;
  },
  read({ path, base, bytes }) {
    const isConda = base.endsWith('.json');
    const { name, version } = isConda ? condaPackage(base) : headersOf(utf8(bytes));
    if (name === undefined) return nothing;
    const python = roleOf('pypi', normalized(name));
    const role = python ?? (isConda ? roleOf('system', name) : undefined);
    if (role === undefined) return nothing;
    const ecosystem = python === undefined ? 'system' : 'pypi';
    return { components: [{ kind: role, name: normalized(name), ...(version !== undefined && { version }), ecosystem, path }] };
  },
};

/** PEP 503: the name by which an index knows a project. */
const normalized = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** The fields before the first empty line; a description may say "Name:" too. */
function headersOf(text: string): { name?: string; version?: string } {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const field = (pattern: RegExp): string | undefined => declared(pattern.exec(head)?.[1]);
  const name = field(/^Name:[ \t]*(.+)$/im);
  const version = field(/^Version:[ \t]*(.+)$/im);
  return { ...(name !== undefined && { name }), ...(version !== undefined && { version }) };
}

/** `<name>-<version>-<build>.json`; the file itself lists every path of the package first and may be large. */
function condaPackage(base: string): { name?: string; version?: string } {
  const [, name, version] = /^(.+)-([^-]+)-[^-]+\.json$/.exec(base) ?? [];
  return { ...(name !== undefined && { name: condaNames.get(name) ?? name }), ...(version !== undefined && { version }) };
}

/** Conda calls it so, the Python index otherwise. */
const condaNames: ReadonlyMap<string, string> = new Map([
  ['pytorch', 'torch'],
  ['pytorch-cpu', 'torch'],
  ['pytorch-gpu', 'torch'],
]);
