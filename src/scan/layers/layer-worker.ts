/** A worker thread that passes over layers, or does half of it for one that dominates an image. */
import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { createFiller } from '../../images/unpack/byte-room.ts';
import { BlobFailed, type BlobRef } from '../../images/image.ts';
import { BudgetSpent, createLayerTap } from '../../images/layer/layer-tap.ts';
import { finishLayer, type Unpacked, unpackInto } from '../../images/layer/pass-layer.ts';
import { zstdExports } from '../../images/unpack/zstd-module.ts';
import { loadDetectorSet } from '../../secrets/detectors/detectors.ts';
import { checkedBlob } from '../../images/sources/checked-blob.ts';
import { readExtent } from '../../images/sources/extent.ts';
import type { FromDisk, FromWorker, Pipe, ToSearch, ToUnpack, ToWorker, WorkerSetup } from './layer-messages.ts';
import { type LayerPasses, layerPassesHere } from './layer-passes.ts';

/** Buffers between the halves of a split layer: enough that neither waits for the other's hiccups. */
const pipeBuffers = 4;
const pipeBufferBytes = 512 << 10;

if (parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  let ready: Ready | undefined;
  let inbox = createInbox(port);
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'set-up') ready = setUp(message.setup);
    else if (message.kind === 'pass' || message.kind === 'unpack' || message.kind === 'search') {
      inbox = createInbox(port);
      void run(message, inbox).then((answer) => port.postMessage(answer satisfies FromWorker, largeIn(answer)));
    } else inbox.deliver(message);
  });

  async function run(message: ToWorker & { readonly kind: 'pass' | 'unpack' | 'search' }, inbox: Inbox): Promise<FromWorker> {
    const { passes, isChecked } = ready as Ready; // it is told first
    if (message.kind === 'search') return { kind: 'report', report: await search(await passes, message.blob, message.pipe) };
    const took = (bytes: number): void => port.postMessage({ kind: 'read', bytes } satisfies FromWorker);
    const disk = message.disk && readDisk(message.blob, message.disk, { took, isChecked });
    const { chunks, signal } = disk ?? inbox;
    if (message.kind === 'pass') {
      const report = await (await passes).passLayer(message.blob, chunks, signal);
      return { kind: 'report', report, ...(disk && { isWhole: disk.isWhole() }) };
    }
    await unpack(message.pipe, { chunks, signal });
    return { kind: 'unpacked', ...(disk && { isWhole: disk.isWhole() }) };
  }

  async function search(passes: LayerPasses, blob: BlobRef, { port: pipe, signal }: Pipe) {
    let compressedBytes = 0;
    const options = passes.tapOptions(blob);
    const zstd = options.opensNested ? await zstdExports() : undefined;
    const tap = createLayerTap({ ...options, ...(zstd && { zstd }), compressedBytes: () => compressedBytes });
    const filler = createFiller(tap.out);
    const answer = (message: ToUnpack, transfer: readonly ArrayBuffer[]): void => {
      pipe.postMessage(message, transfer);
      Atomics.add(signal, 0, 1);
      Atomics.notify(signal, 0);
    };
    let stopped: string | undefined;
    const unpacked = await new Promise<Unpacked>((resolve, reject) => {
      pipe.on('message', (message: ToSearch) => {
        try {
          if (message.kind === 'end') {
            if (stopped === undefined) filler.flush();
            resolve(message.unpacked);
            return;
          }
          compressedBytes = message.compressedBytes;
          if (stopped === undefined) filler.copy(message.bytes, 0, message.length);
          answer({ kind: 'empty', bytes: message.bytes }, [message.bytes.buffer as ArrayBuffer]);
        } catch (error) {
          if (!(error instanceof BudgetSpent)) {
            reject(error);
            return;
          }
          stopped ??= error.message;
          if (message.kind === 'end') resolve({ ...message.unpacked, stopped: { reason: 'too-large', detail: stopped } });
          else answer({ kind: 'stop', why: stopped }, []);
        }
      });
    });
    pipe.close();
    return finishLayer(tap, blob.digest, unpacked);
  }
}

interface Ready {
  readonly passes: Promise<LayerPasses>;
  /** Whether digests are computed of what is read from disk. */
  readonly isChecked: boolean;
}

const setUp = ({ search, ...setup }: WorkerSetup): Ready => ({
  passes: loadDetectorSet(search).then((set) => layerPassesHere({ set, ...setup })),
  isChecked: setup.without?.includes('digests') !== true,
});

/** Unpacks in this thread and waits, blocked, for empty buffers: nothing else is to be done here. */
async function unpack({ port, signal }: Pipe, { chunks, signal: abort }: Pick<Inbox, 'chunks' | 'signal'>): Promise<void> {
  const empty: Uint8Array[] = Array.from({ length: pipeBuffers }, () => new Uint8Array(pipeBufferBytes));
  let compressedBytes = 0;
  let room = empty.pop() as Uint8Array; // there are some

  function nextRoom(): Uint8Array {
    for (;;) {
      const seen = Atomics.load(signal, 0);
      for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
        const message = got.message as ToUnpack; // the other half of the pipe
        if (message.kind === 'stop') throw new BudgetSpent(message.why);
        empty.push(message.bytes);
      }
      const next = empty.pop();
      if (next !== undefined) return next;
      Atomics.wait(signal, 0, seen);
    }
  }

  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      compressedBytes += chunk.length;
      yield chunk;
    }
  }

  const out = {
    room: () => room,
    commit(bytes: number) {
      const message: ToSearch = { kind: 'bytes', bytes: room, length: bytes, compressedBytes };
      port.postMessage(message, [room.buffer as ArrayBuffer]);
      room = nextRoom();
    },
  };
  const unpacked = await unpackInto(out, { chunks: counted(), signal: abort });
  port.postMessage({ kind: 'end', unpacked } satisfies ToSearch);
}

/** What is handed over, not copied: eight bytes for each file of a layer. */
function largeIn(answer: FromWorker): ArrayBuffer[] {
  return answer.kind === 'report' && answer.report.written !== undefined ? [answer.report.written.buffer] : [];
}

/** How often is said how much was read. */
const toldBytes = 4 << 20;

/** A blob from disk, read and checked in this thread. */
function readDisk(
  blob: BlobRef,
  { extent, stop }: FromDisk,
  { took, isChecked }: { readonly took: (bytes: number) => void; readonly isChecked: boolean },
): Pick<Inbox, 'chunks' | 'signal'> & { readonly isWhole: () => boolean } {
  const abort = new AbortController();
  let whole = false;
  let untold = 0;
  const tell = (): void => {
    took(untold);
    untold = 0;
  };
  function* read(): Generator<Uint8Array> {
    for (const chunk of readExtent(extent)) {
      if (Atomics.load(stop, 0) !== 0) abort.abort();
      abort.signal.throwIfAborted();
      untold += chunk.length;
      if (untold >= toldBytes) tell();
      yield chunk;
    }
    tell();
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* isChecked ? checkedBlob(read(), blob, abort.signal) : read();
    whole = true;
  }
  return { chunks: chunks(), signal: abort.signal, isWhole: () => whole };
}

interface Inbox {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  deliver(message: ToWorker): void;
}

/** The chunks that the main thread sends, as a stream; each that was read is acknowledged. */
function createInbox(port: MessagePort): Inbox {
  const abort = new AbortController();
  const waiting: ToWorker[] = [];
  let wake: (() => void) | undefined;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const message = waiting.shift();
      if (message === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (message.kind === 'chunk') {
        yield message.bytes.subarray(0, message.length);
        port.postMessage({ kind: 'took', bytes: message.bytes } satisfies FromWorker, [message.bytes.buffer]);
      } else if (message.kind === 'failed') throw new BlobFailed(message.gap);
      else return;
    }
  }
  return {
    chunks: chunks(),
    signal: abort.signal,
    deliver(message) {
      if (message.kind === 'abort') abort.abort();
      waiting.push(message);
      wake?.();
      wake = undefined;
    },
  };
}
