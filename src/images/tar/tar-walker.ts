import type { ContentReader } from '../containers/content-reader.ts';
import { cleanPath } from './member-path.ts';
import { createSpans } from './spans.ts';
import { bodiless, kindOf, type TarListener, type TarMember, type TarWalker } from './tar-member.ts';
import { type TarOverrides, readLongName, readPax } from './pax.ts';
import { blockBytes, headerOffGrid, isHeader, isSparseExtended, isZero, readHeader, type TarHeader } from './tar-header.ts';

const metadata = new Set(['x', 'g', 'L', 'K', 'X', 'N', 'V']);
const nothing: TarOverrides = {};
const noBytes = new Uint8Array(0);
/** Larger metadata is nobody's name. */
const metadataLimit = 1 << 20;
const faultLimit = 16;

/**
 * Walks the blocks of a tar beside the search, to say which member an offset belongs to. Whatever is not a header where one
 * should be is a fault, and the walk goes on at the next block that is one. The end blocks do not end the walk.
 */
export function createTarWalker(listener: TarListener): TarWalker {
  const members = createSpans<TarMember>();
  const faults: string[] = [];
  const block = new Uint8Array(blockBytes);
  let blockFilled = 0;
  /** Offset of the next byte. */
  let offset = 0;
  /** Bytes of content, padding or sparse map that are still to come. */
  let content = 0;
  let padding = 0;
  let current: TarMember | undefined;
  let reader: ContentReader | undefined;
  let head: { readonly bytes: Uint8Array; filled: number } | undefined;
  let meta: { readonly type: string; readonly bytes: Uint8Array; filled: number } | undefined;
  /** Most names are short: one piece of memory does for all of them, one after the other. */
  const shortMeta = new Uint8Array(4096);
  let sparseHeader: TarHeader | undefined;
  let next = nothing;
  let global = nothing;
  let isLost = false;
  /** The block before, where it is none of the tar: a header may begin in it, off the grid. */
  let stray: Uint8Array | undefined;
  let zeroBlocks = 0;
  let headers = 0;
  let count = 0;
  let beyond = 0;

  const fault = (text: string): void => {
    if (faults.length < faultLimit) faults.push(text);
  };

  function walk(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (content > 0) at = takeContent(bytes, at);
      else if (padding > 0) {
        const taken = Math.min(padding, bytes.length - at);
        padding -= taken;
        offset += taken;
        at += taken;
      } else if (blockFilled === 0 && bytes.length - at >= blockBytes) {
        offset += blockBytes;
        takeBlock(bytes, at);
        at += blockBytes;
      } else {
        const taken = Math.min(blockBytes - blockFilled, bytes.length - at);
        block.set(bytes.subarray(at, at + taken), blockFilled);
        blockFilled += taken;
        offset += taken;
        at += taken;
        if (blockFilled < blockBytes) continue;
        blockFilled = 0;
        takeBlock(block, 0);
      }
    }
  }

  function takeContent(bytes: Uint8Array, at: number): number {
    const end = at + Math.min(content, bytes.length - at);
    if (meta !== undefined) {
      meta.bytes.set(bytes.subarray(at, end), meta.filled);
      meta.filled += end - at;
    } else if (head !== undefined) collectHead(bytes.subarray(at, end));
    else if (offset === current?.start) openContent(bytes, at, end);
    else reader?.push(bytes.subarray(at, end));
    content -= end - at;
    offset += end - at;
    if (content === 0) contentEnds(true);
    return end;
  }

  /** Mostly all that is wanted of the head is there at once. */
  function openContent(bytes: Uint8Array, at: number, end: number): void {
    const wanted = Math.min(blockBytes, content);
    if (end - at < wanted) {
      head = { bytes: new Uint8Array(wanted), filled: 0 };
      collectHead(bytes.subarray(at, end));
      return;
    }
    reader = listener.member(current as TarMember, bytes.subarray(at, at + wanted)); // set where content begins
    reader?.push(bytes.subarray(at, end));
  }

  function collectHead(bytes: Uint8Array): void {
    const collected = head as { readonly bytes: Uint8Array; filled: number }; // the callers looked
    const taken = Math.min(bytes.length, collected.bytes.length - collected.filled);
    collected.bytes.set(bytes.subarray(0, taken), collected.filled);
    collected.filled += taken;
    if (collected.filled < collected.bytes.length) return;
    head = undefined;
    reader = listener.member(current as TarMember, collected.bytes);
    reader?.push(collected.bytes);
    if (taken < bytes.length) reader?.push(bytes.subarray(taken));
  }

  function contentEnds(isWhole: boolean): void {
    if (meta !== undefined) {
      readMeta(meta.type, meta.bytes.subarray(0, meta.filled));
      meta = undefined;
    }
    if (head !== undefined) {
      const { bytes, filled } = head;
      head = undefined;
      reader = listener.member(current as TarMember, bytes.subarray(0, filled));
      reader?.push(bytes.subarray(0, filled));
    }
    reader?.end(isWhole);
    reader = undefined;
  }

  function readMeta(type: string, bytes: Uint8Array): void {
    if (type === 'L') next = { ...next, path: readLongName(bytes) };
    else if (type === 'K') next = { ...next, linkName: readLongName(bytes) };
    else if (type === 'x' || type === 'g') {
      const { said, isWhole } = readPax(bytes);
      if (type === 'g') global = { ...global, ...said };
      else next = { ...next, ...said };
      if (!isWhole) fault(`the extended header before offset ${offset} cannot be read`);
    }
  }

  function takeBlock(bytes: Uint8Array, at: number): void {
    if (sparseHeader !== undefined) {
      if (isSparseExtended(bytes, at, false)) return;
      startMember(sparseHeader);
      sparseHeader = undefined;
      return;
    }
    if (stray !== undefined && !isHeader(bytes, at)) {
      const both = Buffer.concat([stray, bytes.subarray(at, at + blockBytes)]);
      stray = undefined;
      const start = headerOffGrid(both);
      if (start !== undefined) return goOnFrom(both, start);
    }
    if (bytes[at] === 0 && isZero(bytes, at)) {
      zeroBlocks++;
      return;
    }
    if (!isHeader(bytes, at)) {
      if (headers > 0) stray = Uint8Array.from(bytes.subarray(at, at + blockBytes));
      if (!isLost && headers > 0) fault(`no header where one should be, at offset ${offset - blockBytes}`);
      isLost = true;
      return;
    }
    if (isLost && headers === 0) fault(`no header where one should be, from the start to offset ${offset - blockBytes}`);
    takeHeader(bytes, at);
  }

  /** From here on blocks are counted from this header; what follows it of the two blocks is walked again. */
  function goOnFrom(both: Uint8Array, start: number): void {
    offset -= blockBytes - start;
    takeHeader(both, start);
    walk(both.subarray(start + blockBytes));
  }

  function takeHeader(bytes: Uint8Array, at: number): void {
    isLost = false;
    stray = undefined;
    headers++;
    const header = readHeader(bytes, at);
    if (metadata.has(header.type)) startMetadata(header);
    else if (header.type === 'S' && isSparseExtended(bytes, at, true)) sparseHeader = header;
    else startMember(header);
  }

  function startMetadata({ type, size }: TarHeader): void {
    if (size === undefined) {
      fault(`a header without a size, at offset ${offset - blockBytes}`);
      isLost = true;
      return;
    }
    if (size <= metadataLimit) {
      if (size === 0) return;
      meta = { type, bytes: size <= shortMeta.length ? shortMeta.subarray(0, size) : new Uint8Array(size), filled: 0 };
    } else fault(`an extended header of ${size} bytes, at offset ${offset - blockBytes}`);
    current = undefined;
    content = size;
    padding = paddingOf(size);
  }

  function startMember({ type, name, linkName, size }: TarHeader): void {
    count++;
    if (zeroBlocks > 1) beyond++;
    const said = global === nothing ? next : { ...global, ...next };
    const fullName = said.sparsePath ?? said.path ?? name;
    next = nothing;
    const length = bodiless.has(type) ? 0 : (said.size ?? size);
    if (length === undefined) {
      fault(`a member without a size, at offset ${offset - blockBytes}`);
      isLost = true;
    }
    const member: TarMember = {
      path: cleanPath(fullName),
      kind: kindOf(type, fullName),
      linkName: said.linkName ?? linkName,
      start: offset,
      end: offset + (length ?? 0),
    };
    current = member;
    content = length ?? 0;
    padding = paddingOf(content);
    if (content > 0) members.add(member);
    else listener.member(member, noBytes)?.end(true);
  }

  return {
    walk,
    end() {
      if (content > 0) {
        const name = meta === undefined ? 'a member' : 'an extended header';
        fault(`${name} of ${current === undefined ? 'unknown' : current.end - current.start} bytes is cut: ${content} are missing`);
        if (meta === undefined) contentEnds(false);
      } else if (blockFilled > 0 && headers > 0) fault('the end is cut within a header');
      return { isTar: headers > 0, members: count, faults, membersBeyondEnd: beyond };
    },
    open: () => (content > 0 && meta === undefined ? current : undefined),
    isTar: () => headers > 0,
    isEmpty: () => headers === 0 && !isLost && blockFilled === 0,
    memberAt: (at) => members.at(at),
    forget: (before) => members.forget(before),
  };
}

const paddingOf = (size: number): number => (blockBytes - (size % blockBytes)) % blockBytes;
