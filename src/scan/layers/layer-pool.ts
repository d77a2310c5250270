import { MessageChannel } from 'node:worker_threads';
import type { BlobRef } from '../../images/image.ts';
import type { LayerReport } from '../../images/layer/layer-pass.ts';
import type { HeldExtent } from '../../images/sources/extent.ts';
import type { WorkerSetup } from './layer-messages.ts';
import type { LayerPasses } from './layer-passes.ts';
import { type Bytes, type Source, startThread, type Thread } from './layer-thread.ts';

export interface PoolOptions extends WorkerSetup {
  /** Worker threads at most. */
  readonly workers: number;
  /** For what is too small to be worth a thread. */
  readonly here: LayerPasses;
  /** Threads that were started ahead. They are the pool's now. */
  readonly ahead?: readonly Thread[];
}

/** Below this many stored bytes altogether a thread costs more than it saves. */
const smallBytes = 24 << 20;

/**
 * Passes over layers in worker threads, one layer in each. A layer that outweighs all others is unpacked in one thread and searched
 * in another. Small images are passed in this thread. Threads start when they are needed.
 */
export function createLayerPool({ workers, here, ahead = [], ...setup }: PoolOptions): LayerPasses {
  const unused = [...ahead];
  const threads: Thread[] = [];
  const idle: Thread[] = [];
  const waiting: { readonly count: number; readonly start: (threads: Thread[]) => void }[] = [];
  let local: Promise<unknown> = Promise.resolve();

  function acquire(count: number): Promise<Thread[]> {
    return new Promise((start) => {
      waiting.push({ count, start });
      next();
    });
  }

  /** In order: a layer that waits for two threads is not overtaken. */
  function next(): void {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      while (idle.length < first.count && threads.length < workers) {
        const thread = unused.shift() ?? startThread();
        thread.setUp(setup);
        threads.push(thread);
        idle.push(thread);
      }
      if (idle.length < first.count) return;
      waiting.shift();
      first.start(idle.splice(0, first.count));
    }
  }

  async function inThreads(blob: BlobRef, bytes: Bytes, signal: AbortSignal, isSplit: boolean): Promise<LayerReport> {
    const taken = await acquire(isSplit ? 2 : 1);
    let held: HeldExtent | undefined;
    try {
      held = await bytes.onDisk?.open();
      const [first, second] = taken as [Thread, Thread?]; // as many as were asked for
      const source = { ...bytes, held };
      return await (second === undefined ? first.pass(blob, source, signal) : split(first, second, blob, source, signal));
    } finally {
      await held?.close();
      idle.push(...taken.filter((thread) => threads.includes(thread)));
      next();
    }
  }

  return {
    ...here,
    concurrency: workers,
    passLayer(blob, bytes, signal, { othersBytes = Number.POSITIVE_INFINITY, onDisk } = {}) {
      const size = blob.size ?? Number.POSITIVE_INFINITY;
      if (size + othersBytes > smallBytes)
        return inThreads(blob, { bytes, onDisk }, signal, workers > 1 && isDominating(size, othersBytes));
      // The sinks of this thread share their memory.
      const pass = local.then(() => here.passLayer(blob, bytes, signal));
      local = pass.catch(() => undefined);
      return pass;
    },
    async close() {
      await Promise.all([...threads.splice(0), ...unused.splice(0)].map((thread) => thread.close()));
      await here.close();
    },
  };
}

/** Split, a layer takes three quarters of its time and both threads; unsplit, the others pass beside it. */
const isDominating = (size: number, othersBytes: number): boolean => Number.isFinite(size) && othersBytes < size / 2;

async function split(unpacking: Thread, searching: Thread, blob: BlobRef, source: Source, signal: AbortSignal): Promise<LayerReport> {
  const { port1, port2 } = new MessageChannel();
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const [report] = await Promise.all([
    searching.search(blob, { port: port2, signal: shared }),
    unpacking.unpack(blob, { port: port1, signal: shared }, source, signal),
  ]);
  return report;
}
