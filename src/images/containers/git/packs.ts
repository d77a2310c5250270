import type { Container, Item } from '../container.ts';
import type { ContentReader } from '../content-reader.ts';
import { applyDelta, baseBytes, createBases, type GitObject } from './deltas.ts';

/** What stands before the zlib stream of an object: what it is, and for a delta what it changes. */
interface Head {
  readonly offset: number;
  readonly kind: number;
  /** An offset in the pack, or a name. */
  readonly base?: number | string;
}

/** A delta to an object that was not met yet. */
interface Waiting {
  readonly head: Head;
  readonly delta: Buffer;
}

const waitingBytes = 4 << 20;
/** What one costs beside its bytes. */
const waitingCost = 512;

/**
 * A pack (git's gitformat-pack): a header, then objects of a few bytes and a zlib stream each. A delta is put together with the object
 * that it changes, because half of a key may stand in either; where that one is not there, or too large, the delta is read as it is: most
 * of what it adds stands in it.
 */
export function readPack(container: Container): ContentReader | undefined {
  const opened = container.inflates.open('zlib');
  if (opened === undefined) return undefined;
  const inflate = opened;
  const { scratch } = inflate;
  const bytesOfHead: number[] = [];
  let objects: number | undefined;
  let offset = 0;
  let objectAt = 0;
  let isDone = false;
  let current: Head | undefined;
  /** What is written as it comes: all but deltas that are held. */
  let item: Item | undefined;
  /** The object that is read, as far as it may be a base or is a delta. */
  let parts: Buffer[] | undefined;
  let partsBytes = 0;
  const bases = createBases();
  const waiting = new Map<string, Waiting[]>();
  let heldBytes = 0;

  function takeHead(byte: number): void {
    if (objects === undefined) {
      bytesOfHead.push(byte);
      if (bytesOfHead.length < 12) return;
      const header = Buffer.from(bytesOfHead);
      objects = header.readUInt32BE(8);
      isDone = ![2, 3].includes(header.readUInt32BE(4)) || objects === 0;
    } else {
      if (bytesOfHead.length === 0) objectAt = offset;
      bytesOfHead.push(byte);
      if (bytesOfHead.length > 64) return damaged();
      current = headOf(bytesOfHead, objectAt);
      if (current === undefined) return;
      inflate.reset();
      parts = [];
      partsBytes = 0;
      if (current.base === undefined) begin(current);
    }
    bytesOfHead.length = 0;
  }

  function begin(head: Head): Item | undefined {
    item = container.item(`object-${head.offset}`);
    if (item === undefined) isDone = true;
    return item;
  }

  function damaged(): void {
    isDone = true;
    container.limit('damaged archive inside a layer');
  }

  function takeData(head: Head, bytes: Uint8Array, from: number): number {
    for (let at = from; ; ) {
      const { consumed, produced, fault } = inflate.step(bytes, at, bytes.length, scratch, 0, scratch.length);
      at += consumed;
      if (produced > 0 && !take(head, scratch.subarray(0, produced))) isDone = true;
      if (fault !== undefined) damaged();
      if (isDone) {
        writeHeld(head);
        item?.end(false);
        item = undefined;
        current = undefined;
        return bytes.length;
      }
      if (consumed > 0 || produced > 0) continue;
      if (at === bytes.length) return at;
      finishObject(head);
      item?.end(true);
      item = undefined;
      current = undefined;
      objects = (objects as number) - 1; // an object is begun only after the count was read
      if (objects === 0) isDone = true;
      return at;
    }
  }

  /** A delta is held until its end, unless it is too large for that. */
  function take(head: Head, bytes: Uint8Array): boolean {
    if (parts !== undefined && partsBytes + bytes.length <= baseBytes) {
      parts.push(Buffer.from(bytes));
      partsBytes += bytes.length;
      return head.base !== undefined || item?.write(bytes) === true;
    }
    return writeHeld(head) && item?.write(bytes) === true;
  }

  /** What was held of a delta is written as it is. */
  function writeHeld(head: Head): boolean {
    const held = head.base === undefined ? [] : (parts ?? []);
    parts = undefined;
    if (held.length > 0 && item === undefined) begin(head);
    return held.every((part) => item?.write(part) === true) && (item ?? begin(head)) !== undefined;
  }

  function finishObject(head: Head): void {
    if (parts === undefined) return;
    const bytes = Buffer.concat(parts);
    if (head.base === undefined) return known(head.offset, { kind: head.kind, bytes });
    const base = typeof head.base === 'number' ? bases.at(head.base) : bases.named(head.base);
    if (base === undefined && typeof head.base === 'string' && heldBytes + bytes.length + waitingCost <= waitingBytes)
      return wait(head.base, head, bytes);
    const object = resolve(head, bytes, base);
    if (object !== undefined) known(head.offset, object);
  }

  function wait(base: string, head: Head, delta: Buffer): void {
    heldBytes += delta.length + waitingCost;
    const others = waiting.get(base);
    if (others === undefined) waiting.set(base, [{ head, delta }]);
    else others.push({ head, delta });
  }

  /** Writes what a delta makes of its base; the delta itself where there is none. */
  function resolve(head: Head, delta: Buffer, base: GitObject | undefined): GitObject | undefined {
    const whole = base && applyDelta(base.bytes, delta);
    if (whole === undefined) container.limit('change of a git object whose earlier form is not at hand, read by itself');
    const own = container.item(`object-${head.offset}`);
    if (own?.write(whole ?? delta) !== true) isDone = true;
    own?.end(true);
    return base && whole && { kind: base.kind, bytes: whole };
  }

  /** Deltas that waited for it are put together: those that a fetch left come before what they change. */
  function known(first: number, object: GitObject): void {
    const made = [{ at: first, object }];
    for (let next = made.pop(); next !== undefined && !isDone; next = made.pop()) {
      const name = bases.put(next.at, next.object);
      const found = name === undefined ? undefined : waiting.get(name);
      if (name !== undefined) waiting.delete(name);
      for (const { head, delta } of found ?? []) {
        heldBytes -= delta.length + waitingCost;
        const whole = resolve(head, delta, next.object);
        if (whole !== undefined) made.push({ at: head.offset, object: whole });
      }
    }
  }

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length && !isDone; ) {
        let next = at + 1;
        if (current === undefined) takeHead(bytes[at] as number);
        else next = takeData(current, bytes, at);
        offset += next - at;
        at = next;
      }
    },
    end() {
      if (current !== undefined) writeHeld(current);
      item?.end(false);
      for (const { head, delta } of [...waiting.values()].flat()) resolve(head, delta, undefined);
      inflate.close();
    },
  };
}

/** The head of an object, or undefined while bytes of it are missing. */
function headOf(bytes: readonly number[], offset: number): Head | undefined {
  const sizeEnd = bytes.findIndex((byte) => byte < 0x80) + 1;
  if (sizeEnd === 0) return undefined;
  const kind = ((bytes[0] as number) >> 4) & 7; // there is one
  if (kind === 7)
    return bytes.length < sizeEnd + 20 ? undefined : { offset, kind, base: Buffer.from(bytes.slice(sizeEnd)).toString('hex') };
  if (kind !== 6) return { offset, kind };
  const back = bytes.slice(sizeEnd);
  if ((back.at(-1) ?? 0x80) >= 0x80) return undefined;
  const [first = 0, ...rest] = back;
  return { offset, kind, base: offset - rest.reduce((far, byte) => (far + 1) * 128 + (byte & 0x7f), first & 0x7f) };
}

const longestList = 1 << 20;

/** A bundle: a line, the names and commits that it holds, an empty line, and a pack. */
export function readBundle(container: Container): ContentReader | undefined {
  const pack = readPack(container);
  let held: Buffer | undefined = Buffer.alloc(0);
  return (
    pack && {
      push(bytes) {
        if (held === undefined) return pack.push(bytes);
        held = Buffer.concat([held, bytes]);
        const start = held.indexOf('\n\nPACK', 0, 'latin1');
        if (start >= 0) {
          pack.push(held.subarray(start + 2));
          held = undefined;
        } else if (held.length > longestList) {
          container.limit('damaged archive inside a layer');
          held = undefined;
        }
        return undefined;
      },
      end: (isWhole) => pack.end(isWhole),
    }
  );
}
