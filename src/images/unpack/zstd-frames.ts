import type { BesideWriter } from './beside.ts';

/** Where a stream of zstd frames stands, by its compressed bytes alone. */
export interface ZstdFrames {
  /** The next bytes of the stream. */
  walk(bytes: Uint8Array, from: number, to: number): void;
  /** Nothing of a frame is missing. */
  isBetween(): boolean;
}

type Part = 'magic' | 'skippable size' | 'descriptor' | 'header' | 'block header' | 'body' | 'checksum';

/** Bytes of the dictionary's id and of the content's size, by their flags. */
const idBytes = [0, 1, 2, 4];
const sizeBytes = [0, 2, 4, 8];

/**
 * Follows the structure of frames and blocks (RFC 8878, 3.1). Node's own decoder does not tell a stream that was cut from a whole one.
 * What no frame begins with ends the walk: the decoder says that. `skippable` gets what decoders skip.
 */
export function createZstdFrames(skippable?: BesideWriter): ZstdFrames {
  const field = new Uint8Array(4);
  let part: Part = 'magic';
  /** Of the current part: bytes collected, bytes still to come. */
  let filled = 0;
  let left = 4;
  let hasChecksum = false;
  let isLastBlock = false;
  let isLost = false;
  let isSkipped = false;

  const next = (to: Part, bytes: number): void => {
    part = to;
    filled = 0;
    left = bytes;
  };
  const word = (bytes: number): number => field.subarray(0, bytes).reduceRight((value, byte) => value * 256 + byte, 0);

  function take(): void {
    switch (part) {
      case 'magic': {
        const magic = word(4);
        if (magic === 0xfd2fb528) return next('descriptor', 1);
        if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) return next('skippable size', 4);
        isLost = true;
        return;
      }
      case 'skippable size':
        isLastBlock = true;
        hasChecksum = false;
        isSkipped = true;
        return next('body', word(4));
      case 'descriptor': {
        const flags = field[0] as number;
        const isSingle = (flags & 0x20) !== 0;
        hasChecksum = (flags & 4) !== 0;
        const size = isSingle && flags >> 6 === 0 ? 1 : (sizeBytes[flags >> 6] as number);
        return next('header', (isSingle ? 0 : 1) + (idBytes[flags & 3] as number) + size);
      }
      case 'header':
        return next('block header', 3);
      case 'block header': {
        const header = word(3);
        const type = (header >> 1) & 3;
        isLastBlock = (header & 1) !== 0;
        return next('body', type === 1 ? 1 : header >> 3); // a block of one repeated byte
      }
      case 'body':
        if (isSkipped) skippable?.end();
        isSkipped = false;
        if (!isLastBlock) return next('block header', 3);
        return hasChecksum ? next('checksum', 4) : next('magic', 4);
      case 'checksum':
        return next('magic', 4);
    }
  }

  return {
    walk(bytes, from, to) {
      for (let at = from; !isLost; ) {
        const taken = Math.min(left, to - at);
        if (left <= 4 && part !== 'body' && part !== 'header') field.set(bytes.subarray(at, at + taken), filled);
        if (isSkipped && part === 'body') skippable?.add(bytes, at, at + taken);
        at += taken;
        filled += taken;
        left -= taken;
        if (left > 0) return;
        take();
        if (at === to && left > 0) return;
      }
    },
    isBetween: () => part === 'magic' && filled === 0,
  };
}
