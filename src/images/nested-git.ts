import { openInflate } from './inflate-handle.ts';
import type { Container, Item } from './nested.ts';
import type { ContentReader } from './tar-walker.ts';

const scratchBytes = 64 << 10;

/** A loose object: one zlib stream, `blob <size>\0` and the content. */
export function readLooseObject(container: Container): ContentReader | undefined {
  const inflate = openInflate('zlib');
  const item = inflate && container.item('object');
  if (inflate === undefined || item === undefined) return undefined;
  const scratch = new Uint8Array(scratchBytes);
  let isDone = false;
  return {
    push(bytes) {
      for (let at = 0; !isDone; ) {
        const { consumed, produced, fault } = inflate.step(bytes, at, bytes.length, scratch, 0, scratchBytes);
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

/**
 * A pack (git's gitformat-pack): a header, then objects of a few bytes and a zlib stream each. Deltas are unpacked as they are:
 * the text that they insert stands in them.
 */
export function readPack(container: Container): ContentReader | undefined {
  const opened = openInflate('zlib');
  if (opened === undefined) return undefined;
  const inflate = opened;
  const scratch = new Uint8Array(scratchBytes);
  const head: number[] = [];
  let objects: number | undefined;
  let offset = 0;
  let objectAt = 0;
  let item: Item | undefined;
  let isDone = false;

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
      const { consumed, produced, fault } = inflate.step(bytes, at, bytes.length, scratch, 0, scratchBytes);
      at += consumed;
      if (produced > 0 && !current.write(scratch.subarray(0, produced))) isDone = true;
      if (fault !== undefined) damaged();
      if (isDone) {
        current.end(false);
        item = undefined;
        return bytes.length;
      }
      if (consumed > 0 || produced > 0) continue;
      if (at === bytes.length) return at;
      current.end(true);
      item = undefined;
      objects = (objects as number) - 1; // an item is begun only after the count was read
      if (objects === 0) isDone = true;
      return at;
    }
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
