import { BlobFailed, type BlobRef, type ImageGap, type ImageReader } from '../../images/image.ts';
import type { LayerReport } from '../../images/layer/layer-pass.ts';
import type { HeldExtent } from '../../images/sources/extent.ts';
import type { LayerCache } from './layer-cache.ts';
import { readAhead } from './read-ahead.ts';

/** Passes over the bytes of one layer. Throws nothing but what reading them threw. */
export type PassLayer = (
  blob: BlobRef,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  known?: KnownOfLayer,
) => Promise<LayerReport>;

export interface KnownOfLayer {
  /** Declared bytes of the layers that are still to be read beside this one; unknown if not said. */
  readonly othersBytes?: number;
  /** For a layer that lies on disk: another thread may read it there, and nothing is asked of `bytes` then. */
  readonly onDisk?: LayerOnDisk;
}

export interface LayerOnDisk {
  /** Undefined where only `bytes` can say what is wrong. */
  open(): Promise<HeldExtent | undefined>;
  /** So many bytes more were read. */
  took(bytes: number): void;
  /** It was read to its end, and digest and size are right. */
  ended(): void;
}

export interface LayerOutcome {
  readonly report?: LayerReport;
  readonly isKnown: boolean;
  readonly gap?: ImageGap;
}

export interface ReadLayerOptions {
  readonly passLayer: PassLayer;
  readonly cache?: LayerCache;
  readonly signal: AbortSignal;
  readonly othersBytes: number;
  /** So many bytes more were read, as stored. */
  readonly onBytes: (count: number) => void;
}

/** A layer that is no larger is waited for longer than it is read: it may be fetched before its turn. */
export const isSmall = ({ size }: BlobRef): boolean => size !== undefined && size <= smallBytes;

const smallBytes = 1 << 20;

/**
 * What a layer holds: from the cache, or from the first of the readers that has the whole of it. Bytes that are not those of the digest
 * are asked for once more, for they may have been changed on the way; what is read then counts, whole or not.
 */
export async function readLayer(
  blob: BlobRef,
  readers: ReadonlySet<ImageReader>,
  { passLayer, cache, signal, othersBytes, onBytes }: ReadLayerOptions,
): Promise<LayerOutcome> {
  const known = await cache?.get(blob.digest);
  if (known !== undefined) return { report: known, isKnown: true };
  let gap: ImageGap | undefined;
  let best: LayerReport | undefined;
  const left = [...readers];
  const isAgain = new Set<ImageReader>();
  for (let reader = left.shift(); reader !== undefined && !signal.aborted; reader = left.shift()) {
    const source = watched(reader, blob, { signal, onBytes });
    const bytes = isSmall(blob) && source.onDisk === undefined ? readAhead(source.bytes, smallBytes) : source.bytes;
    try {
      const report = await passLayer(blob, bytes, signal, { othersBytes, ...(source.onDisk && { onDisk: source.onDisk }) });
      if (source.isWhole() && isLasting(report)) await cache?.put(blob.digest, report);
      if (source.isWhole() || report.gaps.length === 0) return { report, isKnown: false };
      // What was changed on the way is read once more.
      if (source.mayDiffer() && !isAgain.has(reader)) left.unshift(reader);
      isAgain.add(reader);
      // Cut on the way: what was seen counts, and another repository may have the rest.
      if (best === undefined || report.compressedBytes > best.compressedBytes) best = report;
    } catch (error) {
      if (!(error instanceof BlobFailed)) throw error;
      gap ??= error.gap;
    }
  }
  if (best !== undefined) return { report: best, isKnown: false };
  return {
    isKnown: false,
    gap: gap ?? { reason: 'interrupted', subject: blob.digest, detail: 'the scan was interrupted before this layer was read' },
  };
}

interface Watched {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly onDisk: LayerOnDisk | undefined;
  readonly isWhole: () => boolean;
  /** Other bytes came than the digest names, and the next time it may be the right ones. */
  readonly mayDiffer: () => boolean;
}

/** Says whether the bytes were read to their end, which is where digest and size are known to be right. */
function watched(reader: ImageReader, blob: BlobRef, { signal, onBytes }: Pick<ReadLayerOptions, 'signal' | 'onBytes'>): Watched {
  let whole = false;
  let mayDiffer = false;
  const ended = (): void => {
    whole = true;
  };
  return {
    bytes: (async function* () {
      try {
        for await (const chunk of reader.read(blob, signal)) {
          onBytes(chunk.length);
          yield chunk;
        }
      } catch (error) {
        mayDiffer = error instanceof BlobFailed && error.mayDiffer;
        throw error;
      }
      ended();
    })(),
    onDisk: reader.extent && { open: async () => reader.extent?.(blob), took: onBytes, ended },
    isWhole: () => whole,
    mayDiffer: () => mayDiffer,
  };
}

/** What a second look would see again. A broken connection is none of it. */
function isLasting({ gaps }: LayerReport): boolean {
  return gaps.every(({ reason }) => reason === 'malformed' || reason === 'unsupported' || reason === 'too-large');
}
