import type { NestedBudgets } from '../budgets.ts';
import type { ByteSink, LayerMatch } from '../layer/layer-pass.ts';
import type { Container } from './container.ts';
import { watchForZip } from './zip/embedded-zip.ts';
import type { ImageGap } from '../image.ts';
import { createInflatePool } from '../unpack/inflate-handle.ts';
import { createCopies } from './copies.ts';
import { type Inners, innermostOf } from '../layer/inner-regions.ts';
import { createLane, type Lane } from '../layer/lane.ts';
import { readerOf, unpacksNothing } from './container-readers.ts';
import { createEncodedReader, type EncodedReader } from './encoded-reader.ts';
import { readEncoded } from './encoded.ts';
import { readScript } from './behind.ts';
import { readTar } from './tar.ts';
import { readZip } from './zip/zip.ts';
import { unseenParts } from './unopened-formats.ts';
import type { Region } from '../layer/places.ts';
import { createSpending, type Share } from './spending.ts';
import { type AddStored, storedFiles } from './stored-files.ts';
import { isProgram } from '../layer/sniff-program.ts';
import { sniffContainer } from './sniff-container.ts';
import { both, type ContentReader, headed } from './content-reader.ts';
import type { ZstdExports } from '../unpack/zstd-module.ts';

export interface NestedOptions {
  /** What searches at a depth; the layer itself is depth 0. */
  readonly createSink: (depth: number) => ByteSink;
  /** Tells the sink of the layer itself where one file of a tar ends and the next begins, and where programs stand. */
  readonly marks: Pick<ByteSink, 'cut' | 'program'>;
  readonly budgets: NestedBudgets;
  readonly now: () => number;
  /** `isCopy`: its bytes are searched elsewhere, too. */
  readonly found: (match: LayerMatch, isCopy: boolean) => void;
  readonly gap: (gap: ImageGap) => void;
  readonly limit: (subject: string) => void;
  /** Recognises files inside, in passing; a size is undefined where it is not known yet. */
  readonly recognise?: (path: string, size: number | undefined, head: Uint8Array) => ContentReader | undefined;
  /** For zstd inside; without it, such files are limits. */
  readonly zstd?: ZstdExports;
}

export interface Nested {
  /** A reader for a file that is a container or may hold one; undefined for every other file. `head`: its first bytes, 512 where there are as many. */
  open(region: Region, head: Uint8Array): ContentReader | undefined;
  /** The file inside a container whose content is not packed, and so was searched with the container. */
  innermost(region: Region, offset: number): Region;
  /** For what runs of base64 in the layer hold. */
  readonly encoded: EncodedReader;
  end(): void;
}

interface Around {
  /** Times unpacked so far. */
  readonly depth: number;
  /** Containers around this one. */
  readonly chain: number;
  /** Where in the searched stream the places of the region are counted from. */
  readonly base: number;
  /** Of the outermost of these containers. */
  readonly share?: Share | undefined;
}

const ratioFloorBytes = 64 << 20;
/** Tars and stored entries cost no unpacking; this only keeps the recursion short. */
const chainLimit = 8;
/** A header, a name, an entry of the directory and its end. */
const smallestZip = 100;

/** Looks into containers within budgets: what a budget cuts is a gap, what cannot be opened by design is a limit. */
export function createNested({ createSink, marks, budgets, now, found, gap, limit, recognise, zstd }: NestedOptions): Nested {
  const lanes: Lane[] = [];
  const inners: Inners = new WeakMap();
  const inflates = createInflatePool();
  const spending = createSpending(budgets, now);
  let isCut = false;

  function cut(path: string, detail: string): void {
    gap({ reason: 'too-large', subject: path, detail });
  }

  const innermost = (region: Region, offset: number): Region => innermostOf(inners, region, offset);

  /** Said to what searches the bytes of a container at this depth. */
  const marksAt = (depth: number): NestedOptions['marks'] | undefined => (depth === 0 ? marks : lanes[depth - 1]);

  function openAt(region: Region, head: Uint8Array, around: Around): ContentReader | undefined {
    const { depth, chain } = around;
    if (isCut || around.share?.isCut() === true) return undefined;
    const kind = sniffContainer(region.path, head);
    const zipWithin = (): ContentReader | undefined =>
      head.length < smallestZip
        ? undefined
        : watchForZip(
            (at) => (isAllowed(region, depth, chain) ? reading(region, around, (one) => readZip(one, at)) : undefined),
            () =>
              gap({
                reason: 'malformed',
                subject: region.path,
                detail: 'not opened: a zip whose files stand in it as no program writes them',
              }),
          );
    if (kind === undefined) {
      const unseen = unseenParts(head);
      if (unseen !== undefined) limit(unseen);
      return zipWithin();
    }
    if (typeof kind === 'object') {
      limit(`file packed as ${kind.unopened}, not opened`);
      return undefined;
    }
    if (kind === 'script') return both(zipWithin(), reading(region, around, readScript));
    if (kind === 'damaged tar') return both(zipWithin(), isAllowed(region, 0, chain) ? openTar(region, around) : undefined);
    if (kind === 'tar') return isAllowed(region, 0, chain) ? openTar(region, around) : undefined;
    return isAllowed(region, unpacksNothing.has(kind) ? 0 : depth, chain) ? reading(region, around, readerOf(kind, head, zstd)) : undefined;
  }

  function openTar(region: Region, { depth, chain, base, share }: Around): ContentReader {
    const first = base + region.start;
    return readTar(region, {
      inners,
      limit,
      cut: (at) => marksAt(depth)?.cut(first + at),
      open: (file, head) => openInside(file, head, { depth, chain: chain + 1, base: first, share }),
    });
  }

  function openInside(region: Region, head: Uint8Array, around: Around): ContentReader | undefined {
    const size = Number.isFinite(region.end) ? region.end - region.start : undefined;
    if (isProgram(head)) marksAt(around.depth)?.program(around.base + region.start, around.base + region.end);
    return both(openAt(region, head, around), recognise?.(region.path, size, head));
  }

  function isAllowed({ path }: Region, depth: number, chain: number): boolean {
    const isWithin = chain < chainLimit && depth < budgets.depth;
    if (!isWithin) cut(path, `not opened: it lies deeper than ${budgets.depth} ${budgets.depth === 1 ? 'container' : 'containers'}`);
    return isWithin;
  }

  function reading(
    region: Region,
    { depth, chain, base, share = spending.share() }: Around,
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
      spending.take(bytes);
      if (unpacked > ratioFloorBytes && unpacked > packed * budgets.ratio)
        return stop(`read in part: it unpacks to more than ${budgets.ratio} times its size`);
      return isWithinBudgets();
    };
    const isWithinBudgets = (): boolean => {
      const all = spending.over();
      const over = all ?? share.over();
      if (over === undefined) return true;
      if (!isCut && !share.isCut()) stop(over);
      isCut ||= all !== undefined;
      share.cut();
      isStopped = true;
      return false;
    };
    const goesOn = (): boolean => !isStopped && !isCut && !share.isCut();
    /** For one more file; undefined when there may be none. */
    const nextLane = (): Lane | undefined => {
      spending.takeEntry();
      if (!goesOn() || !isWithinBudgets()) return undefined;
      return (lanes[depth] ??= createLane({ sink: createSink(depth + 1), found, innermost, encoded: encodedAt(depth + 1) }));
    };
    let stored: AddStored | undefined;
    const container: Container = {
      path: region.path,
      inflates,
      limit,
      cut: (at) => marksAt(depth)?.cut(base + region.start + at),
      gap: (reason, detail) => gap({ reason, subject: region.path, detail }),
      copies() {
        const lane = nextLane();
        return lane && createCopies({ path: region.path, lane, inners, isAffordable });
      },
      item(name) {
        const lane = nextLane();
        if (lane === undefined) return undefined;
        const path = name === '' ? region.path : `${region.path}!/${name}`;
        const item = lane.begin(path);
        let isCode = false;
        const inside = headed((head) => {
          isCode = isProgram(head);
          return openInside(item.region, head, { depth: depth + 1, chain: chain + 1, base: 0, share });
        });
        return {
          write(bytes) {
            if (!isAffordable(bytes.length)) return false;
            // First what is inside: where files of a tar end is to be known before their bytes are searched.
            inside.push(bytes);
            item.write(bytes);
            return goesOn();
          },
          end(isWhole) {
            inside.end(isWhole);
            item.end();
            if (isCode) lane.program(item.region.start, item.region.end);
          },
        };
      },
      stored(name, start, end, head) {
        stored ??= storedFiles(region, inners);
        const file = stored(name, start, end);
        return openInside(file, head, { depth, chain: chain + 1, base: base + region.start, share });
      },
    };
    const reader = open(container);
    if (reader === undefined) return undefined;
    return {
      push(bytes) {
        packed += bytes.length;
        if (goesOn()) spending.timed(() => isAffordable(0) && reader.push(bytes));
      },
      end: (isWhole) => spending.timed(() => reader.end(isWhole)),
    };
  }

  /** Base64 costs no unpacking of its own: a level is counted for what is packed in it. */
  const encodedAt = (depth: number): EncodedReader =>
    createEncodedReader((path, kind) => {
      const region = { path, start: 0, end: Infinity };
      const isOpened = !isCut && isAllowed(region, depth, 0);
      return isOpened ? reading(region, { depth, chain: 0, base: 0 }, (one) => readEncoded(one, kind)) : undefined;
    });

  return {
    open: (region, head) => openAt(region, head, { depth: 0, chain: 0, base: 0 }),
    innermost,
    encoded: encodedAt(0),
    end() {
      for (const lane of lanes) lane?.end();
      inflates.close();
    },
  };
}
