import type { Container, Item } from './container.ts';
import type { ContentReader } from './content-reader.ts';

/** A loose object: one zlib stream, `blob <size>\0` and the content. */
export function readLooseObject(container: Container): ContentReader | undefined {
  const inflate = container.inflates.open('zlib');
  const item = inflate && container.item('object');
  if (inflate === undefined || item === undefined) return undefined;
  const { scratch } = inflate;
  let isDone = false;
  return {
    push(bytes) {
      for (let at = 0; !isDone; ) {
        const { consumed, produced, fault } = inflate.step(bytes, at, bytes.length, scratch, 0, scratch.length);
        at += consumed;
        if (produced > 0 && !item.write(scratch.subarray(0, produced))) isDone = true;
        if (fault !== undefined) {
          isDone = true;
          container.limit('damaged archive inside a layer');
        }
        if (consumed === 0 && produced === 0) return;
      }
    },
    end(isWhole) {
      item.end(isWhole && !isDone);
      inflate.close();
    },
  };
}

/** Objects that later ones may be deltas to, and how much of them is kept. */
const baseBytes = 512 << 10;
const basesBytes = 16 << 20;

/**
 * A pack (git's gitformat-pack): a header, then objects of a few bytes and a zlib stream each. A delta is put together with the object
 * that it changes, because half of a key may stand in either; where that one is not at hand, the delta is read as it is: most
 * of what it adds stands in it.
 */
export function readPack(container: Container): ContentReader | undefined {
  const opened = container.inflates.open('zlib');
  if (opened === undefined) return undefined;
  const inflate = opened;
  const { scratch } = inflate;
  const head: number[] = [];
  let objects: number | undefined;
  let offset = 0;
  let objectAt = 0;
  let item: Item | undefined;
  let isDone = false;
  const bases = createBases();
  /** The object that is read, as far as it may be a base or is a delta. */
  let parts: Buffer[] | undefined;
  let partsBytes = 0;
  let deltaTo: number | undefined;

  /** True when the bytes of an object before its zlib stream are there. */
  function isHeadWhole(): boolean {
    let at = head.findIndex((byte) => byte < 0x80) + 1;
    if (at === 0) return false;
    const type = ((head[0] as number) >> 4) & 7;
    if (type === 7)
      at += 20; // delta to an object named by its SHA-1
    else if (type === 6) {
      const end = head.findIndex((byte, n) => n >= at && byte < 0x80) + 1; // delta to an earlier offset
      if (end === 0) return false;
      at = end;
    }
    return head.length >= at;
  }

  function takeHead(byte: number): void {
    if (objects === undefined) {
      head.push(byte);
      if (head.length < 12) return;
      objects = Buffer.from(head).readUInt32BE(8);
      const version = Buffer.from(head).readUInt32BE(4);
      isDone = version !== 2 && version !== 3;
    } else {
      if (head.length === 0) objectAt = offset;
      head.push(byte);
      if (head.length > 64) return damaged();
      if (!isHeadWhole()) return;
      inflate.reset();
      deltaTo = deltaBase(head, objectAt);
      parts = [];
      partsBytes = 0;
      item = container.item(`object-${objectAt}`);
      if (item === undefined) isDone = true;
    }
    head.length = 0;
  }

  function damaged(): void {
    isDone = true;
    container.limit('damaged archive inside a layer');
  }

  function takeData(current: Item, bytes: Uint8Array, from: number): number {
    for (let at = from; ; ) {
      const { consumed, produced, fault } = inflate.step(bytes, at, bytes.length, scratch, 0, scratch.length);
      at += consumed;
      if (produced > 0 && !take(current, scratch.subarray(0, produced))) isDone = true;
      if (fault !== undefined) damaged();
      if (isDone) {
        current.end(false);
        item = undefined;
        return bytes.length;
      }
      if (consumed > 0 || produced > 0) continue;
      if (at === bytes.length) return at;
      finishObject(current);
      current.end(true);
      item = undefined;
      objects = (objects as number) - 1; // an item is begun only after the count was read
      if (objects === 0) isDone = true;
      return at;
    }
  }

  /** A delta is held until its end, unless it is too large for that. */
  function take(current: Item, bytes: Uint8Array): boolean {
    if (parts !== undefined && partsBytes + bytes.length <= baseBytes) {
      parts.push(Buffer.from(bytes));
      partsBytes += bytes.length;
      return deltaTo !== undefined || current.write(bytes);
    }
    const held = deltaTo === undefined ? [] : (parts ?? []);
    parts = undefined;
    return [...held, bytes].every((part) => current.write(part));
  }

  function finishObject(current: Item): void {
    if (parts === undefined) return;
    const object = Buffer.concat(parts);
    const base = deltaTo === undefined ? undefined : bases.get(deltaTo);
    const whole = deltaTo === undefined ? object : base && applyDelta(base, object);
    if (deltaTo !== undefined && !current.write(whole ?? object)) isDone = true;
    if (whole !== undefined) bases.put(objectAt, whole);
  }

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length && !isDone; ) {
        let next = at + 1;
        if (item === undefined) takeHead(bytes[at] as number);
        else next = takeData(item, bytes, at);
        offset += next - at;
        at = next;
      }
    },
    end() {
      item?.end(false);
      inflate.close();
    },
  };
}

/** The offset of the object that a delta changes; -1 where it is named in a way that is not followed, undefined for what is no delta. */
function deltaBase(head: readonly number[], objectAt: number): number | undefined {
  const type = ((head[0] as number) >> 4) & 7; // there is a head
  if (type === 7) return -1;
  if (type !== 6) return undefined;
  const [first = 0, ...rest] = head.slice(head.findIndex((byte) => byte < 0x80) + 1);
  return objectAt - rest.reduce((back, byte) => (back + 1) * 128 + (byte & 0x7f), first & 0x7f);
}

interface Bases {
  get(offset: number): Buffer | undefined;
  put(offset: number, object: Buffer): void;
}

function createBases(): Bases {
  const objects = new Map<number, Buffer>();
  let bytes = 0;
  return {
    get: (offset) => objects.get(offset),
    put(offset, object) {
      if (object.length > baseBytes) return;
      objects.set(offset, object);
      bytes += object.length;
      for (const [oldest, { length }] of objects) {
        if (bytes <= basesBytes) return;
        objects.delete(oldest);
        bytes -= length;
      }
    },
  };
}

/** Two sizes, then instructions: copy from the base, or add what follows. Undefined for a delta that does not fit its base. */
function applyDelta(base: Buffer, delta: Buffer): Buffer | undefined {
  let at = 0;
  const size = (): number => {
    let value = 0;
    for (let scale = 1; at < delta.length; scale *= 128) {
      const byte = delta[at++] as number; // the loop stays inside
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value;
  };
  const isForBase = size() === base.length;
  const length = size();
  if (!isForBase || length > baseBytes) return undefined;
  const parts: Buffer[] = [];
  let made = 0;
  while (at < delta.length) {
    const code = delta[at++] as number; // the loop stays inside
    const number = (bits: number, shift: number): number => {
      let value = 0;
      for (let n = 0; n < bits; n++) if (code & (1 << (n + shift))) value += (delta[at++] ?? 0) * 256 ** n;
      return value;
    };
    let part: Buffer;
    if (code & 0x80) {
      const from = number(4, 0);
      part = base.subarray(from, from + (number(3, 4) || 0x10000));
    } else {
      part = delta.subarray(at, at + code);
      at += code;
    }
    parts.push(part);
    made += part.length;
    if (part.length === 0 || made > length) return undefined;
  }
  return made === length ? Buffer.concat(parts) : undefined;
}
