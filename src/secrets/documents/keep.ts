import type { Json, JsonObject } from '../../model/json.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Finder } from '../find.ts';
import type { Hit } from './hits.ts';
import { maskSpans, maskText } from './mask-text.ts';

/** The members at these paths and nothing else, at their own places; keys in them are masked. A value that is no object has none. */
export function keepMembers(value: unknown, paths: readonly string[], hits: readonly Hit[], finder: Finder): JsonObject {
  if (!isJsonObject(value) || paths.length === 0) return {};
  const kept = pruned(value, paths.map(stepsOf), '', hits, finder);
  return isJsonObject(kept) ? kept : {};
}

/** `containers[].image` → containers, [], image. */
function stepsOf(path: string): readonly string[] {
  return path.split('.').flatMap((step) => {
    const lists = step.split('[]').length - 1;
    return [step.replaceAll('[]', ''), ...Array.from({ length: lists }, () => '[]')];
  });
}

type Steps = readonly string[];

/** Undefined where nothing of the value is kept. */
function pruned(value: Json, paths: readonly Steps[], exact: string, hits: readonly Hit[], finder: Finder): Json | undefined {
  if (paths.some((steps) => steps.length === 0)) return masked(value, exact, hits, finder);
  if (Array.isArray(value)) {
    const below = after(paths, '[]');
    if (below.length === 0) return undefined;
    // Entries of which nothing is kept stay as empty objects, so that the number of entries can be judged.
    return value.map((item: Json, index) => pruned(item, below, `${exact}[${index}]`, hits, finder) ?? {});
  }
  if (!isJsonObject(value)) return undefined;
  const kept = Object.entries(value).flatMap(([member, inner]): readonly (readonly [string, Json])[] => {
    const below = after(paths, member);
    const part = below.length === 0 ? undefined : pruned(inner, below, memberPath(exact, member), hits, finder);
    return part === undefined ? [] : [[member, part]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const after = (paths: readonly Steps[], step: string): readonly Steps[] =>
  paths.filter(([first]) => first === step).map((steps) => steps.slice(1));

/** A kept value with its keys masked; a text that holds one in packed form (JSON, base64) is masked whole. */
function masked(value: Json, exact: string, hits: readonly Hit[], finder: Finder): Json {
  if (Array.isArray(value)) return value.map((item: Json, index) => masked(item, `${exact}[${index}]`, hits, finder));
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([member, inner]) => [maskText(finder, member), masked(inner, memberPath(exact, member), hits, finder)] as const,
    );
    return Object.fromEntries(members);
  }
  if (typeof value !== 'string') return value;
  const isHere = (place: string): boolean => place === exact || place.startsWith(`${exact}.`) || place.startsWith(`${exact}[`);
  // Before a leaf's text stands its name: of a member inside of this text it is part of the text, too.
  const here = hits.filter(({ leaf, start }) => isHere(leaf.exact) && (start >= 0 || leaf.exact !== exact));
  if (here.some(({ leaf }) => leaf.text !== value)) return '****';
  const spans = here.map(({ start, end, match, isPartner }) => ({ start, end, shown: isPartner ? '****' : match.shown }));
  return maskSpans(Buffer.from(value, 'utf8'), spans);
}

const memberPath = (path: string, member: string): string => (path === '' ? member : `${path}.${member}`);
