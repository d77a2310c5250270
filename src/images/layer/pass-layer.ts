import { type Beside, besideWriter } from '../unpack/beside.ts';
import type { ByteRoom, Decompressor } from '../unpack/byte-room.ts';
import { type Compression, magicBytes, openDecompressor, sniffCompression } from '../unpack/decompress.ts';
import { BlobFailed } from '../image.ts';
import { BudgetSpent, createLayerTap, type LayerTap, type TapOptions } from './layer-tap.ts';
import type { LayerReport } from './layer-pass.ts';
import { createZstdFrames } from '../unpack/zstd-frames.ts';
import { zstdExports } from '../unpack/zstd-module.ts';

export interface PassOptions extends TapOptions {
  /** The blob as stored. What it throws as `BlobFailed` becomes a gap; what came before it counts. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/**
 * Reads one layer once, in place and in order: unpack, search, walk beside it, look into containers. Never throws for what the
 * layer holds: damage, budgets and a failed or interrupted download are gaps of the report, which has all that was read until then.
 */
export async function passLayer({ chunks, signal, ...options }: PassOptions): Promise<LayerReport> {
  let compressedBytes = 0;
  const zstd = options.opensNested ? await zstdExports() : undefined;
  const tap = createLayerTap({ ...options, ...(zstd && { zstd }), compressedBytes: () => compressedBytes });
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      compressedBytes += chunk.length;
      yield chunk;
    }
  }
  const unpacked = await unpackInto(tap.out, { chunks: counted(), signal });
  return finishLayer(tap, options.digest, unpacked);
}

/** How the unpacking of a layer went. It crosses threads. */
export interface Unpacked {
  readonly compression: Compression;
  readonly compressedBytes: number;
  readonly faults: readonly string[];
  readonly beside?: Beside;
  /** Why the reading stopped before the end. */
  readonly stopped?: { readonly reason: BlobFailed['gap']['reason']; readonly subject?: string; readonly detail: string };
}

/** The unpacking alone: everything goes to `out`. */
export async function unpackInto(out: ByteRoom, { chunks, signal }: Pick<PassOptions, 'chunks' | 'signal'>): Promise<Unpacked> {
  let compressedBytes = 0;
  let head: Uint8Array = new Uint8Array(0);
  let compression: Compression = 'none';
  let decompressor: Decompressor | undefined;
  const skippable = besideWriter();
  const frames = createZstdFrames(skippable);
  let stopped: Unpacked['stopped'];

  async function start(): Promise<Decompressor> {
    compression = sniffCompression(head);
    const opened = await openDecompressor(compression, out);
    await write(opened, head);
    return opened;
  }

  function write(opened: Decompressor, chunk: Uint8Array): void | Promise<void> {
    if (compression === 'zstd') frames.walk(chunk, 0, chunk.length);
    return opened.write(chunk);
  }

  try {
    for await (const chunk of chunks) {
      if (signal.aborted) break;
      compressedBytes += chunk.length;
      if (decompressor !== undefined) {
        const written = write(decompressor, chunk);
        if (written !== undefined) await written;
      } else {
        // A chunk is only lent.
        head = Buffer.concat([head, chunk]);
        if (head.length >= magicBytes) decompressor = await start();
      }
    }
  } catch (error) {
    if (error instanceof BlobFailed) stopped = error.gap;
    else if (error instanceof BudgetSpent) stopped = { reason: 'too-large', detail: error.message };
    else if (!signal.aborted) throw error;
  }
  if (signal.aborted) stopped = { reason: 'interrupted', detail: 'not read to its end: the run was interrupted' };
  try {
    if (stopped?.reason === 'too-large') decompressor?.close();
    if (stopped?.reason === 'too-large') return { compression, compressedBytes, faults: [], stopped };
    decompressor ??= await start();
    const faults = await decompressor.end();
    const beside = skippable.read() ?? decompressor.beside?.();
    return { compression, compressedBytes, faults, ...(beside && { beside }), ...(stopped && { stopped }) };
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error;
    return { compression, compressedBytes, faults: [], stopped: { reason: 'too-large', detail: error.message } };
  }
}

/** The report of a layer that was read to its end, or as far as it could be: why it ended early is a gap. */
export function finishLayer(tap: LayerTap, digest: string, { compressedBytes, faults, beside, stopped }: Unpacked): LayerReport {
  if (stopped !== undefined) tap.gap({ reason: stopped.reason, subject: stopped.subject ?? digest, detail: stopped.detail });
  // A download that broke off explains why the stream is cut.
  else if (faults.length > 0)
    tap.gap({ reason: 'malformed', subject: digest, detail: `read as far as it can be unpacked: ${faults.join('; ')}` });
  return tap.finish(compressedBytes, { beside, isCut: stopped !== undefined || faults.length > 0 });
}
