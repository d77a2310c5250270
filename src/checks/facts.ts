import type { Asset, Unread, Why } from '../model/asset.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import type { Unknown } from '../model/verdict.ts';
import { asList, covers, formatPath, isMember, nameOf, parsePath, type Path, type Segment } from './path.ts';

interface UnreadPlace {
  readonly prefix: Path;
  readonly except: readonly Path[];
  readonly why: Why;
}

/** A place in the facts of one asset: the asset itself, or an element of one of its lists. */
export interface Place {
  readonly asset: Asset;
  /** Concrete path of this place; empty for the asset. */
  readonly at: Path;
  readonly value: Json | undefined;
  readonly unread: readonly UnreadPlace[];
  /** Strings are compared without case. */
  readonly fold: boolean;
  /** When the asset's scope was read, in milliseconds: the only clock. */
  readonly now: number;
}

/** What a path came to where it was not read. */
export class NotRead {
  readonly because: readonly Unknown[];
  constructor(because: readonly Unknown[]) {
    this.because = because;
  }
}

/** Absent (and `null`) is `undefined`. */
export type Reading = Json | undefined | NotRead;

const none: Path = [];

export function placeOf(asset: Asset, now: number): Place {
  return { asset, at: none, value: asset.facts, unread: asset.unread.map(parsed), fold: asset.type.startsWith('azure.'), now };
}

/**
 * Compiles the reader of one value. The path holds no `[]` and no `{}`. What is there was read, whatever else was not;
 * what is missing, or empty, below an unread prefix was not.
 */
export function readerOf(path: Path): (place: Place) => Reading {
  const names = path.map((segment) => {
    if (!isMember(segment)) throw new TypeError(`"${formatPath(path)}" stands for many values`);
    return nameOf(segment);
  });
  return (place) => {
    let value = place.value;
    for (const name of names) value = member(value, name);
    if (place.unread.length > 0 && isEmpty(value)) {
      const because = whyUnread(place, [...place.at, ...path]);
      if (because.length > 0) return new NotRead(because);
    }
    return value ?? undefined;
  };
}

/** Why a list, or an object, may hold more than what is there. */
export function whyIncomplete(place: Place, path: Path): readonly Unknown[] {
  if (place.unread.length === 0) return [];
  const whole = [...place.at, ...path];
  const below = place.unread.filter(({ prefix }) => covers(whole, prefix) && !covers(prefix, whole)).map(({ why }) => why);
  return [...whyUnread(place, whole), ...below];
}

/** Absent, `null`, `""`, `[]` or `{}`. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

export interface Elements {
  readonly places: readonly (Place | NotRead)[];
  /** Not empty: there may be more elements than these. */
  readonly because: readonly Unknown[];
}

/** Compiles the reader of a path with `[]` or `{}`: one place per value, absent ones included. An absent list has no elements. */
export function elementsOf(path: Path): (place: Place) => Elements {
  const collect = collectorOf(asList(path));
  return (place) => {
    const places: (Place | NotRead)[] = [];
    const because: Unknown[] = [];
    collect(place, places, because);
    return { places, because };
  };
}

type Collect = (place: Place, places: (Place | NotRead)[], because: Unknown[]) => void;

function collectorOf(path: Path): Collect {
  const split = path.findIndex((segment) => segment === '[]' || segment === '{}');
  if (split < 0) return memberCollectorOf(path);
  const members = path.slice(0, split);
  const suffix = path[split] as '[]' | '{}';
  const collectRest = collectorOf(path.slice(split + 1));
  return (place, places, because) => {
    const at = [...place.at, ...members];
    // Elements that are there count; what was not read of the list may hold more of them.
    if (place.unread.length > 0) because.push(...whyUnread(place, [...at, suffix]));
    let list = place.value;
    for (const segment of members) list = member(list, nameOf(segment as `.${string}`));
    const mismatch = (): void => void because.push({ silent: formatPath([...at, suffix]) });
    for (const [segment, value] of entries(list, suffix, mismatch)) {
      collectRest(placeAt(place, [...at, segment], value), places, because);
    }
  };
}

/** What stands behind the last brackets: the element itself, or a member of it. */
function memberCollectorOf(members: Path): Collect {
  if (members.length === 0) return (place, places) => void places.push(place);
  const read = readerOf(members);
  return (place, places) => {
    const value = read(place);
    places.push(value instanceof NotRead ? value : placeAt(place, [...place.at, ...members], value));
  };
}

function placeAt({ asset, unread, fold, now }: Place, at: Path, value: Json | undefined): Place {
  return { asset, at, value: value ?? undefined, unread, fold, now };
}

function entries(list: Json | undefined, suffix: '[]' | '{}', mismatch: () => void): readonly (readonly [Segment, Json])[] {
  if (list === undefined || list === null) return [];
  if (suffix === '[]' && Array.isArray(list)) return (list as readonly Json[]).map((value, i) => [`[${i}]`, value]);
  if (suffix === '{}' && isJsonObject(list)) return Object.entries(list).map(([name, value]) => [`.${name}`, value]);
  mismatch();
  return [];
}

function whyUnread(place: Place, path: Path): Unknown[] {
  if (place.unread.length === 0) return [];
  return place.unread
    .filter(({ prefix, except }) => covers(prefix, path) && !except.some((other) => covers(other, path)))
    .map(({ why }) => why);
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function parsed({ prefix, except, why }: Unread): UnreadPlace {
  return { prefix: readable(prefix), except: (except ?? []).map(parsePath).filter((path) => path !== undefined), why };
}

/** A prefix that is no path (a vendor's member with an unquoted dot or space) makes unread what it certainly lies below. */
function readable(prefix: string): Path {
  for (let text = prefix; text !== ''; text = text.slice(0, Math.max(0, text.lastIndexOf('.')))) {
    const path = parsePath(text);
    if (path !== undefined) return path;
  }
  return none;
}
