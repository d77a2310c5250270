import { createHash } from 'node:crypto';
import { type LayerBudgets, ratioFloorBytes } from '../budgets.ts';
import type { Beside } from '../unpack/beside.ts';
import { searchBeside } from './search-beside.ts';
import type { ByteRoom } from '../unpack/byte-room.ts';
import type { ImageGap } from '../image.ts';
import type { ComponentReader } from '../components/reader.ts';
import { createLayerFinds } from './layer-finds.ts';
import type { ByteSink, LayerReport } from './layer-pass.ts';
import { createLayerNames } from './layer-names.ts';
import { createNested } from '../containers/nested.ts';
import { createPlaces, type Region } from './places.ts';
import { isProgram } from './sniff-program.ts';
import { blockBytes, isHeader } from '../tar/tar-header.ts';
import { both, type ContentReader } from '../containers/content-reader.ts';
import type { TarMember } from '../tar/tar-member.ts';
import { createTarWalker } from '../tar/tar-walker.ts';
import type { ZstdExports } from '../unpack/zstd-module.ts';

export interface TapOptions {
  readonly digest: string;
  /** What searches: the layer itself at depth 0, and what containers hold at 1 and deeper. Asked at most once per depth. */
  readonly createSink: (depth: number) => ByteSink;
  readonly budgets: LayerBudgets;
  /** Milliseconds; only for time budgets. */
  readonly now: () => number;
  /** Bytes read of the blob so far, where it is known while the layer passes: for the ratio budget. */
  readonly compressedBytes?: () => number;
  /** Masks keys in names before they leave: a name is whatever somebody wrote. */
  readonly mask: (text: string) => string;
  /** Whether to look into containers. */
  readonly opensNested: boolean;
  /** For zstd in containers; without it they are limits. */
  readonly zstd?: ZstdExports;
  readonly wantsDiffId: boolean;
  /** The path of a blob that is no tar (`org.cncf.model.filepath`). */
  readonly rawPath?: string;
  /** Whether a media type says that this is a tar: then it is a gap if it is none. */
  readonly expectsTar?: boolean;
  /** Whether a media type says that this is encrypted: then it is a gap, unless it is a tar after all. */
  readonly isEncrypted?: boolean;
  /** Recognises AI components in passing. */
  readonly components?: ComponentReader;
}

export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

/** What unpacked bytes of a layer pass through. */
export interface LayerTap {
  readonly out: ByteRoom;
  gap(gap: ImageGap): void;
  finish(compressedBytes: number, options: { readonly beside?: Beside | undefined; readonly isCut: boolean }): LayerReport;
}

/** Members that ended longer ago are no longer asked for: matches are reported a few kilobytes late at most. */
const rememberedBytes = 1 << 20;

export function createLayerTap(options: TapOptions): LayerTap {
  const { digest, budgets, now, mask } = options;
  const sink = options.createSink(0);
  const startedAt = now();
  const limits = new Map<string, number>();
  const finds = createLayerFinds(budgets, mask);
  const hash = options.wantsDiffId ? createHash('sha256') : undefined;
  let offset = 0;
  let members = 0;
  let isFull = false;
  let room = sink.room();
  const places = createPlaces();

  const limit = (subject: string): void => void limits.set(subject, (limits.get(subject) ?? 0) + 1);
  const gap = (one: ImageGap): void => finds.gap(one);
  const names = createLayerNames({ mask, limit });

  const nested = options.opensNested
    ? createNested({
        createSink: options.createSink,
        marks: sink,
        budgets: budgets.nested,
        now,
        found: (match, isCopy) => finds.addMatch(match, undefined, isCopy),
        gap: (one) => gap({ ...one, subject: `${digest} ${one.subject}` }),
        limit,
        recognise,
        ...(options.zstd && { zstd: options.zstd }),
      })
    : undefined;
  const walker = createTarWalker({ member: takeMember });
  /** A blob that is no tar is one file. */
  const raw: { readonly path: string; readonly start: number; end: number } = { path: options.rawPath ?? '', start: 0, end: Infinity };
  let rawReader: ContentReader | undefined;
  let isRaw = false;
  let startedRaw = false;
  let isRawProgram = false;

  function takeMember(member: TarMember, head: Uint8Array): ContentReader | undefined {
    members++;
    if (members > budgets.entries) throw new BudgetSpent(`read in part: it holds more than ${budgets.entries} files`);
    names.note(member);
    if (head.length === 0) return undefined;
    // Elsewhere zeros fill the last block: here the next header's name follows at once.
    if ((member.end - member.start) % blockBytes === 0) sink.cut(member.end);
    if (isProgram(head)) sink.program(member.start, member.end);
    const container = nested?.open(member, head);
    const component = member.kind === 'file' ? recognise(member.path, member.end - member.start, head) : undefined;
    return both(container, component);
  }

  function recognise(path: string, size: number | undefined, head?: Uint8Array): ContentReader | undefined {
    const file = options.components?.open(path, size, head);
    return (
      file && {
        push: (bytes) => file.push(bytes),
        end: () => file.end().forEach((component) => finds.addComponent(component)),
      }
    );
  }

  function attribute(found: ReturnType<ByteSink['take']>): void {
    if (found.length === 0) return;
    const held = sink.held();
    for (const match of found) {
      const file = fileAt(match.startByte);
      if (file === undefined) finds.addMatch({ ...match, path: '' }, undefined);
      else finds.addMatch({ ...match, ...places.placeOf(innermost(file, match.startByte), match.startByte, held) }, file.start);
    }
  }

  function passEncoded(): void {
    for (const part of sink.encoded()) {
      const file = textAt(part.startByte);
      nested?.encoded.pass(part, () => (file === undefined ? { path: '' } : places.placeOf(file, part.startByte, sink.held())));
    }
  }

  const fileAt = (at: number): Region | undefined => (startedRaw && at < raw.end ? raw : walker.memberAt(at));
  const innermost = (file: Region, at: number): Region => nested?.innermost(file, at) ?? file;

  /** The innermost file, where lines are counted. */
  function textAt(at: number): Region | undefined {
    const file = fileAt(at);
    return file && innermost(file, at);
  }

  function commit(bytes: number): void {
    const chunk = room.subarray(0, bytes);
    if (offset === 0) start(chunk);
    hash?.update(chunk);
    walker.walk(chunk);
    if (isRaw && walker.isTar()) endRaw(false);
    if (isRaw) rawReader?.push(chunk);
    offset += bytes;
    sink.commit(bytes);
    attribute(sink.take());
    passEncoded();
    places.pass(sink.held(), textAt);
    walker.forget(offset - rememberedBytes);
    checkBudgets();
    room = sink.room();
  }

  function start(chunk: Uint8Array): void {
    isRaw = chunk.length < blockBytes || (!isHeader(chunk, 0) && !chunk.subarray(0, blockBytes).every((byte) => byte === 0));
    startedRaw = isRaw;
    isRawProgram = isRaw && isProgram(chunk.subarray(0, blockBytes));
    if (isRawProgram) sink.program(0, Infinity);
    if (isRaw)
      rawReader = both(nested?.open(raw, chunk.subarray(0, blockBytes)), recognise(options.rawPath ?? blobPath(digest), undefined));
  }

  /** A header was found after all: it is a damaged tar. */
  function endRaw(isWhole: boolean): void {
    rawReader?.end(isWhole);
    rawReader = undefined;
    raw.end = offset;
    if (isRawProgram) sink.program(0, offset);
    isRaw = false;
  }

  function checkBudgets(): void {
    const tooMany = finds.notListed();
    isFull = tooMany !== undefined;
    if (tooMany !== undefined) throw new BudgetSpent(tooMany);
    if (offset > budgets.bytes) throw new BudgetSpent(`read in part: it unpacks to more than ${budgets.bytes} bytes`);
    const packed = options.compressedBytes?.();
    if (packed !== undefined && offset > ratioFloorBytes && offset > packed * budgets.ratio) {
      throw new BudgetSpent(`read in part: it unpacks to more than ${budgets.ratio} times its size`);
    }
    if (now() - startedAt > budgets.ms) throw new BudgetSpent(`read in part: it takes longer than ${budgets.ms} ms`);
  }

  return {
    out: { room: () => room, commit },
    gap,
    finish(compressedBytes, { beside, isCut }) {
      if (isRaw) endRaw(!isCut);
      const { isTar, faults, membersBeyondEnd } = walker.end();
      attribute(sink.end());
      passEncoded();
      nested?.end();
      if (beside !== undefined) {
        searchBeside(beside, options.createSink(0), (match) => finds.addMatch(match, undefined));
        if (beside.isCut) limit('bytes of a packed layer that are none of its content, searched in part');
      }
      if (isTar && faults.length > 0 && !isCut && (!startedRaw || options.expectsTar === true)) {
        gap({ reason: 'malformed', subject: digest, detail: `all bytes were searched, but some have no path: ${faults.join('; ')}` });
      }
      if (!isTar && offset > 0 && options.isEncrypted === true) {
        gap({ reason: 'unsupported', subject: digest, detail: 'not read: the layer is encrypted' });
      } else if (!isTar && offset > 0 && options.expectsTar === true && !isCut && !walker.isEmpty()) {
        gap({ reason: 'malformed', subject: digest, detail: 'all bytes were searched as one file: it is no tar' });
      }
      const tooMany = isFull ? undefined : finds.notListed();
      if (tooMany !== undefined) gap({ reason: 'too-large', subject: digest, detail: tooMany });
      for (let n = 0; n < membersBeyondEnd; n++) limit('file behind the end of a layer');
      return {
        digest,
        compressedBytes,
        uncompressedBytes: offset,
        matches: finds.matches(names.written),
        ...names.read(finds.matchedPaths()),
        components: finds.components(),
        gaps: finds.gaps(digest),
        limits: [...[...limits].map(([subject, count]) => ({ subject, count })), ...(options.components?.limits() ?? [])],
        ...(hash && { diffId: `sha256:${hash.digest('hex')}` }),
      };
    },
  };
}

/** A blob that nothing names, as caches name it; by that its first bytes are looked at. */
const blobPath = (digest: string): string => `blobs/${digest.replace(':', '-')}`;
