import { roleOf } from './ai-packages.ts';
import { declared, nothing, type Recogniser, utf8 } from '../recogniser.ts';
import { isJsonObject, jsonIn } from '../../../model/json.ts';

/** `node_modules/<name>/package.json` and `node_modules/@scope/<name>/package.json`; of deeper ones the path tells that they are no package of their own. */
export const nodePackages: Recogniser = {
  wants(path, base) {
    if (base !== 'package.json') return undefined;
    const name = packageNameIn(path);
    return name !== undefined && roleOf('npm', name) !== undefined ? 'content' : undefined;
  },
  read({ path, bytes }) {
    const name = packageNameIn(path);
    const role = name === undefined ? undefined : roleOf('npm', name);
    if (name === undefined || role === undefined) return nothing;
    const version = versionIn(utf8(bytes));
    return { components: [{ kind: role, name, ...(version !== undefined && { version }), ecosystem: 'npm', path }] };
  },
};

const folder = 'node_modules/';

/** The folder's name, which is the name that a program imports. */
function packageNameIn(path: string): string | undefined {
  const at = path.lastIndexOf(folder);
  if (at < 0 || (at > 0 && path[at - 1] !== '/')) return undefined;
  const name = path.slice(at + folder.length, path.lastIndexOf('/'));
  const parts = name.split('/');
  return parts.length === (name.startsWith('@') ? 2 : 1) ? name : undefined;
}

/** A manifest that is no JSON (cut, or hostile) still names its package by its folder. */
function versionIn(text: string): string | undefined {
  const manifest = jsonIn(text);
  const version = isJsonObject(manifest) ? manifest['version'] : undefined;
  return typeof version === 'string' ? declared(version) : undefined;
}
