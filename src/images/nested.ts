import type { ByteSink, LayerMatch } from './layer-pass.ts';
import type { Container } from './container.ts';
import { watchForZip } from './embedded-zip.ts';
import type { ImageGap } from './image.ts';
import { createInflatePool } from './inflate-handle.ts';
import { createLane, type Lane } from './lane.ts';
import { readLooseObject, readPack } from './nested-git.ts';
import { readGzip, readZstd } from './nested-packed.ts';
import { readZip } from './nested-zip.ts';
import type { Region } from './places.ts';
import { type ContainerKind, isSqlite, sniffContainer } from './sniff-container.ts';
import { both, type ContentReader, headed } from './content-reader.ts';
import { createTarWalker } from './tar-walker.ts';
import type { StreamExports } from './zstd-module.ts';

export interface NestedBudgets {
  /** Times that content is unpacked: a zip in a gzip in a zip is 3. */
  readonly depth: number;
  /** Unpacked bytes of all containers of a layer. */
  readonly bytes: number;
  /** Unpacked bytes per packed byte of one container, beyond the first 64 MiB. */
  readonly ratio: number;
  readonly entries: number;
  readonly ms: number;
}

export interface NestedOptions {
  /** What searches at a depth; the layer itself is depth 0. */
  readonly createSink: (depth: number) => ByteSink;
  readonly budgets: NestedBudgets;
  readonly now: () => number;
  readonly found: (match: LayerMatch) => void;
  readonly gap: (gap: ImageGap) => void;
  readonly limit: (subject: string) => void;
  /** Recognises files inside, in passing; a size is undefined where it is not known yet. */
  readonly recognise?: (path: string, size: number | undefined) => ContentReader | undefined;
  /** For zstd inside; without it, such files are limits. */
  readonly zstd?: StreamExports;
}

export interface Nested {
  /** A reader for a file that is a container or may hold one; undefined for every other file. `head`: its first bytes, 512 where there are as many. */
  open(region: Region, head: Uint8Array): ContentReader | undefined;
  /** The file inside a container whose content is not packed, and so was searched with the container. */
  innermost(region: Region, offset: number): Region;
  end(): void;
}

const ratioFloorBytes = 64 << 20;
/** Tars and stored entries cost no unpacking; this only keeps the recursion short. */
const chainLimit = 8;
/** A header, a name, an entry of the directory and its end. */
const smallestZip = 100;
const rememberedBytes = 1 << 20;

/** Looks into containers within budgets: what a budget cuts is a gap, what cannot be opened by design is a limit. */
export function createNested({ createSink, budgets, now, found, gap, limit, recognise, zstd }: NestedOptions): Nested {
  const lanes: Lane[] = [];
  /** Files inside of regions, by offset from the region's start. */
  const inners = new WeakMap<Region, (offset: number) => Region | undefined>();
  const inflates = createInflatePool();
  const spent = { bytes: 0, entries: 0, startedAt: now() };
  let isCut = false;

  function cut(path: string, detail: string): void {
    gap({ reason: 'too-large', subject: path, detail });
  }

  function innermost(region: Region, offset: number): Region {
    let at = region;
    for (let n = 0; n < chainLimit; n++) {
      const inner = inners.get(at)?.(offset - at.start);
      if (inner === undefined) return at;
      const { start } = at;
      const absolute = { path: inner.path, start: start + inner.start, end: start + inner.end };
      const deeper = inners.get(inner);
      if (deeper !== undefined) inners.set(absolute, deeper);
      at = absolute;
    }
    return at;
  }

  /** `depth`: times unpacked so far; `chain`: containers around this one. */
  function openAt(region: Region, head: Uint8Array, depth: number, chain: number): ContentReader | undefined {
    if (isCut) return undefined;
    const kind = sniffContainer(region.path, head);
    if (kind === undefined) {
      // What is longer than a page goes on in another one, with other bytes between.
      if (isSqlite(head)) limit('SQLite database, in which a key across two pages is not found');
      if (head.length < smallestZip) return undefined;
      return watchForZip((at) =>
        isAllowed(region, depth, chain) ? reading(region, { depth, chain }, (one) => readZip(one, at)) : undefined,
      );
    }
    if (typeof kind === 'object') {
      limit(`file packed as ${kind.unopened}, not opened`);
      return undefined;
    }
    if (kind === 'tar') return isAllowed(region, 0, chain) ? readTar(region, depth, chain) : undefined;
    return isAllowed(region, depth, chain) ? reading(region, { depth, chain }, readerOf(kind, head)) : undefined;
  }

  function openInside(region: Region, head: Uint8Array, depth: number, chain: number): ContentReader | undefined {
    const size = Number.isFinite(region.end) ? region.end - region.start : undefined;
    return both(openAt(region, head, depth, chain), recognise?.(region.path, size));
  }

  function isAllowed({ path }: Region, depth: number, chain: number): boolean {
    const isWithin = chain < chainLimit && depth < budgets.depth;
    if (!isWithin) cut(path, `Not opened: it lies deeper than ${budgets.depth} containers.`);
    return isWithin;
  }

  function readerOf(kind: Exclude<ContainerKind, object | 'tar'>, head: Uint8Array): (container: Container) => ContentReader | undefined {
    if (kind === 'zip') return (one) => readZip(one);
    if (kind === 'zstd') return (one) => readZstd(one, zstd, head);
    return kind === 'gzip' ? readGzip : kind === 'git pack' ? readPack : readLooseObject;
  }

  function reading(
    region: Region,
    { depth, chain }: { readonly depth: number; readonly chain: number },
    open: (container: Container) => ContentReader | undefined,
  ): ContentReader | undefined {
    let packed = 0;
    let unpacked = 0;
    let isStopped = false;
    const stop = (detail: string): false => {
      if (!isStopped) cut(region.path, detail);
      isStopped = true;
      return false;
    };
    const isAffordable = (bytes: number): boolean => {
      if (isStopped) return false;
      unpacked += bytes;
      spent.bytes += bytes;
      if (unpacked > ratioFloorBytes && unpacked > packed * budgets.ratio)
        return stop(`Read in part: it unpacks to more than ${budgets.ratio} times its size.`);
      if (spent.bytes > budgets.bytes) return stopAll(`Read in part: the layer's containers unpack to more than ${budgets.bytes} bytes.`);
      if (now() - spent.startedAt > budgets.ms) return stopAll(`Read in part: the layer's containers take longer than ${budgets.ms} ms.`);
      return true;
    };
    const stopAll = (detail: string): false => {
      if (!isCut) stop(detail);
      isCut = true;
      isStopped = true;
      return false;
    };
    let stored: Region[] | undefined;
    const container: Container = {
      path: region.path,
      inflates,
      limit,
      gap: (reason, detail) => gap({ reason, subject: region.path, detail }),
      item(name) {
        spent.entries++;
        if (isStopped || isCut) return undefined;
        if (spent.entries > budgets.entries) {
          stopAll(`Read in part: the layer's containers hold more than ${budgets.entries} files.`);
          return undefined;
        }
        const path = name === '' ? region.path : `${region.path}!/${name}`;
        const lane = (lanes[depth] ??= createLane({ sink: createSink(depth + 1), found, innermost }));
        const item = lane.begin(path);
        const inside = headed((head) => openInside(item.region, head, depth + 1, chain + 1));
        return {
          write(bytes) {
            if (!isAffordable(bytes.length)) return false;
            item.write(bytes);
            inside.push(bytes);
            return !isStopped && !isCut;
          },
          end(isWhole) {
            inside.end(isWhole);
            item.end();
          },
        };
      },
      stored(name, start, end, head) {
        if (stored === undefined) {
          const files: Region[] = [];
          inners.set(region, (offset) => files.findLast((file) => file.start <= offset && offset < file.end));
          stored = files;
        }
        while (stored.length > 0 && (stored[0] as Region).end < start - rememberedBytes) stored.shift();
        const file = { path: `${region.path}!/${name}`, start, end };
        stored.push(file);
        return openInside(file, head, depth, chain + 1);
      },
    };
    const reader = open(container);
    if (reader === undefined) return undefined;
    return {
      push(bytes) {
        packed += bytes.length;
        if (!isStopped && !isCut) reader.push(bytes);
      },
      end: (isWhole) => reader.end(isWhole),
    };
  }

  /** Its bytes were searched with what holds it: the walk only names places and finds containers. */
  function readTar(region: Region, depth: number, chain: number): ContentReader {
    let passed = 0;
    const walker = createTarWalker({
      member({ path, start, end }, head) {
        if (end === start) return undefined;
        return openInside({ path: `${region.path}!/${path}`, start, end }, head, depth, chain + 1);
      },
    });
    inners.set(region, (offset) => {
      const member = walker.memberAt(offset);
      return member && { path: `${region.path}!/${member.path}`, start: member.start, end: member.end };
    });
    return {
      push(bytes) {
        passed += bytes.length;
        walker.walk(bytes);
        walker.forget(passed - rememberedBytes);
      },
      end() {
        const { faults } = walker.end();
        if (faults.length > 0) limit('damaged archive inside a layer');
      },
    };
  }

  return {
    open: (region, head) => openAt(region, head, 0, 0),
    innermost,
    end() {
      for (const lane of lanes) lane?.end();
      inflates.close();
    },
  };
}
