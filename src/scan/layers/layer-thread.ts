import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type MessagePort, Worker } from 'node:worker_threads';
import { BlobFailed, type BlobRef } from '../../images/image.ts';
import type { LayerReport } from '../../images/layer/layer-pass.ts';
import type { HeldExtent } from '../../images/sources/extent.ts';
import type { LayerOnDisk } from './read-layer.ts';
import type { FromDisk, FromWorker, Pipe, ToWorker, WorkerSetup } from './layer-messages.ts';
import { recentCollector } from './tune-engine.ts';

/** Chunks that may be on their way to a worker, and the memory of each. */
const chunksAhead = 4;
const chunkBytes = 256 << 10;
/** So much may have come from the network before its memory is given back. */
const unusedBytes = 1 << 20;

/** A layer to be passed. */
export interface Bytes {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly onDisk: LayerOnDisk | undefined;
}

/** What is held open the thread reads itself. */
export interface Source extends Bytes {
  readonly held: HeldExtent | undefined;
}

/** A worker thread. It does one thing at a time. */
export interface Thread {
  /** Before all else. */
  setUp(setup: WorkerSetup): void;
  pass(blob: BlobRef, source: Source, signal: AbortSignal): Promise<LayerReport>;
  /** The two halves of a split layer. */
  unpack(blob: BlobRef, pipe: Pipe, source: Source, signal: AbortSignal): Promise<void>;
  search(blob: BlobRef, pipe: Pipe): Promise<LayerReport>;
  close(): Promise<void>;
}

/** Starting takes a tenth of a second: it may be done before it is known what for. A thread keeps no process alive. */
export function startThread(): Thread {
  const worker = new Worker(...workerFile());
  let answered: ((message: Answer) => void) | undefined;
  let failed: ((error: unknown) => void) | undefined;
  /** Memory that goes to the worker and comes back: nothing is left to the garbage collector. */
  const free: Uint8Array<ArrayBuffer>[] = [];
  let collectRecent: (() => void) | undefined;
  let unused = 0;
  let ahead = 0;
  let wake: (() => void) | undefined;
  let broken: unknown;
  let took: ((bytes: number) => void) | undefined;
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'read') return took?.(message.bytes);
    if (message.kind !== 'took') return answered?.(message);
    free.push(message.bytes);
    ahead--;
    wake?.();
  });
  const breakDown = (error: unknown): void => {
    broken ??= error;
    failed?.(broken);
    wake?.();
  };
  worker.on('error', breakDown).on('exit', (code) => breakDown(new Error(`a worker thread ended with code ${code}`)));
  // Last: to listen for messages is to keep the process alive again.
  worker.unref();
  const post = (message: ToWorker, transfer: readonly (ArrayBuffer | MessagePort)[] = []): void => worker.postMessage(message, transfer);

  /** While one is waited for the thread keeps the process alive: where it reads the disk itself nothing else does. */
  function answer(): Promise<Answer> {
    worker.ref();
    const answering = new Promise<Answer>((resolve, reject) => {
      answered = resolve;
      failed = reject;
      if (broken !== undefined) reject(broken);
    });
    return answering.finally(() => worker.unref());
  }

  /** Stops when the worker has answered: it may have seen enough. Small pieces go together, unless the worker has nothing to do. */
  async function feed(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal, done: () => boolean): Promise<void> {
    const abort = (): void => {
      post({ kind: 'abort' });
      wake?.();
    };
    const isOver = (): boolean => done() || broken !== undefined || signal.aborted;
    let filling: Uint8Array<ArrayBuffer> | undefined;
    let length = 0;
    const mustWait = (): boolean => filling === undefined && ahead >= chunksAhead && !isOver();
    const send = (): void => {
      if (filling === undefined || length === 0) return;
      ahead++;
      post({ kind: 'chunk', bytes: filling, length }, [filling.buffer]);
      filling = undefined;
      length = 0;
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      for await (const chunk of bytes) {
        for (let at = 0; at < chunk.length && !isOver(); ) {
          while (mustWait()) await new Promise<void>((resolve) => (wake = resolve));
          filling ??= free.pop() ?? new Uint8Array(chunkBytes);
          const part = chunk.subarray(at, at + chunkBytes - length);
          filling.set(part, length);
          length += part.length;
          at += part.length;
          if (length === chunkBytes || ahead === 0) send();
        }
        tidy(chunk.length);
        if (isOver()) break;
      }
      send();
      post({ kind: 'end' });
    } catch (error) {
      send();
      if (!(error instanceof BlobFailed)) {
        post({ kind: 'end' });
        if (!signal.aborted) throw error;
      } else post({ kind: 'failed', gap: error.gap });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  function tidy(bytes: number): void {
    unused += bytes;
    if (unused < unusedBytes) return;
    unused = 0;
    collectRecent ??= recentCollector();
    collectRecent();
  }

  async function withBytes(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Answer> {
    let isDone = false;
    ahead = 0;
    const answering = answer().finally(() => {
      isDone = true;
      wake?.();
    });
    const [message] = await Promise.all([answering, feed(bytes, signal, () => isDone)]);
    return message;
  }

  /** Starts the work; the bytes go to the thread, unless it reads them itself. */
  async function withSource(
    { bytes, held, onDisk }: Source,
    signal: AbortSignal,
    start: (disk: { readonly disk?: FromDisk }) => void,
  ): Promise<Answer> {
    if (held === undefined) {
      start({});
      return withBytes(bytes, signal);
    }
    const { fd, startByte, bytes: length } = held;
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const abort = (): void => void Atomics.store(stop, 0, 1);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    took = (count) => onDisk?.took(count);
    try {
      start({ disk: { extent: { fd, startByte, bytes: length }, stop } });
      const message = await answer();
      if (message.isWhole === true) onDisk?.ended();
      return message;
    } finally {
      took = undefined;
      signal.removeEventListener('abort', abort);
    }
  }

  return {
    setUp: (setup) => post({ kind: 'set-up', setup }),
    async pass(blob, source, signal) {
      return reportOf(await withSource(source, signal, (disk) => post({ kind: 'pass', blob, ...disk })));
    },
    async unpack(blob, pipe, source, signal) {
      await withSource(source, signal, (disk) => post({ kind: 'unpack', blob, pipe, ...disk }, [pipe.port]));
    },
    async search(blob, pipe) {
      post({ kind: 'search', blob, pipe }, [pipe.port]);
      return reportOf(await answer());
    },
    async close() {
      worker.removeAllListeners('exit');
      await worker.terminate();
    },
  };
}

type Answer = FromWorker & { readonly kind: 'report' | 'unpacked' };

function reportOf(message: Answer): LayerReport {
  if (message.kind !== 'report') throw new Error(`a worker answered "${message.kind}" where a report was due`);
  return message.report;
}

/** Bundled, the worker is an entry of its own; from sources, Node 20 needs tsx to read it. */
function workerFile(): ConstructorParameters<typeof Worker> {
  const options = { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 } };
  if (!import.meta.url.endsWith('.ts')) return [new URL('../scan/layers/layer-worker.js', import.meta.url), options];
  const tsx = new URL('dist/esm/api/index.mjs', pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))).href;
  const source = new URL('./layer-worker.ts', import.meta.url).href;
  const start = `import(${JSON.stringify(tsx)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(source)}); });`;
  return [start, { ...options, eval: true }];
}
