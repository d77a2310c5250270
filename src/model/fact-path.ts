import type { Asset, Facts, Unread } from './asset.ts';
import type { Json } from './json.ts';
import { isJsonObject } from './json.ts';

/**
 * The value at a concrete fact path (`a.b[2].c`), or `undefined` if the vendor sent none. A member whose own name holds
 * dots is found where the whole rest of the path is its name.
 */
export function factAt(facts: Facts, path: string): Json | undefined {
  let value: Json | undefined = facts;
  let rest = path;
  while (rest !== '' && value !== undefined) {
    if (isJsonObject(value) && Object.hasOwn(value, rest)) return value[rest];
    const step = /^(?:\[(\d+)\]|([^.[\]]+))\.?/.exec(rest);
    if (!step) return undefined;
    value = step[1] !== undefined ? (Array.isArray(value) ? value[Number(step[1])] : undefined) : memberOf(value, step[2] ?? '');
    rest = rest.slice(step[0].length);
  }
  return value;
}

/** `a[2].b` → `a[].b`: the path without what moves when a list is sorted anew. */
export function withoutIndexes(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '[]');
}

/** Why a path was not read, or `undefined` if it was. A path is unread if anything above it is; what lies below may be as well. */
export function unreadAt(asset: Pick<Asset, 'unread'>, path: string): Unread | undefined {
  return asset.unread.find(({ prefix, except }) => isWithin(path, prefix) && !(except ?? []).some((other) => isWithin(path, other)));
}

/** The entry that makes something at, above or below a path unread. */
export function unreadNear(asset: Pick<Asset, 'unread'>, path: string): Unread | undefined {
  return unreadAt(asset, path) ?? asset.unread.find(({ prefix }) => isWithin(prefix, path));
}

function memberOf(value: Json, name: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** True if `path` is `prefix` or lies below it. Indexes do not matter. */
function isWithin(path: string, prefix: string): boolean {
  const [inner, outer] = [plain(path), plain(prefix)];
  return outer === '' || inner === outer || inner.startsWith(`${outer}.`);
}

const plain = (path: string): string => path.replaceAll(/\[\d*\]|\{\}/g, '');
