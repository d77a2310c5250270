import type { MessagePort } from 'node:worker_threads';
import type { LayerBudgets } from '../../images/budgets.ts';
import type { BlobRef, ImageGap } from '../../images/image.ts';
import type { Extent } from '../../images/sources/extent.ts';
import type { SharedSearch } from '../../secrets/detectors/detector-set.ts';
import type { LayerReport } from '../../images/layer/layer-pass.ts';
import type { PassPart } from './layer-passes.ts';
import type { Unpacked } from '../../images/layer/pass-layer.ts';

/** What a worker is told first. */
export interface WorkerSetup {
  /** What searches need: worked out in the main thread, shared by all. */
  readonly search: SharedSearch;
  readonly digestKey?: Uint8Array;
  readonly without?: readonly PassPart[];
  readonly budgets?: LayerBudgets;
}

/** Between the threads of a split layer: unpacked bytes go one way, empty buffers come back. */
export interface Pipe {
  readonly port: MessagePort;
  /** Counts messages to the unpacking thread, which waits on it. */
  readonly signal: Int32Array;
}

/** A blob that the worker reads from disk itself. */
export interface FromDisk {
  readonly extent: Extent;
  /** Not zero: the run was interrupted. A message would not be seen while the worker reads. */
  readonly stop: Int32Array;
}

export type ToWorker =
  | { readonly kind: 'set-up'; readonly setup: WorkerSetup }
  | { readonly kind: 'pass'; readonly blob: BlobRef; readonly disk?: FromDisk }
  | { readonly kind: 'unpack'; readonly blob: BlobRef; readonly pipe: Pipe; readonly disk?: FromDisk }
  | { readonly kind: 'search'; readonly blob: BlobRef; readonly pipe: Pipe }
  /** The first `length` of these bytes; their memory is lent until it comes back with `took`. */
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array<ArrayBuffer>; readonly length: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly gap: ImageGap }
  | { readonly kind: 'abort' };

export type FromWorker =
  /** One chunk was read; its memory comes back. */
  | { readonly kind: 'took'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** So many bytes more were read from disk. */
  | { readonly kind: 'read'; readonly bytes: number }
  /** `isWhole`: what was read from disk was read to its end, and is what its digest names. */
  | { readonly kind: 'report'; readonly report: LayerReport; readonly isWhole?: boolean }
  /** The unpacking half of a split layer is done. */
  | { readonly kind: 'unpacked'; readonly isWhole?: boolean };

export type ToSearch =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly length: number; readonly compressedBytes: number }
  | { readonly kind: 'end'; readonly unpacked: Unpacked };

export type ToUnpack = { readonly kind: 'empty'; readonly bytes: Uint8Array } | { readonly kind: 'stop'; readonly why: string };
