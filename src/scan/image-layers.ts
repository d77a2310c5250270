import pLimit from 'p-limit';
import { BlobFailed, type BlobRef, type ImageGap, type ImageReader } from '../images/image.ts';
import type { LayerReport } from '../images/layer-pass.ts';
import type { HeldExtent } from '../images/sources/extent.ts';
import type { Notes } from '../providers/notes.ts';
import { noteGap, type RepositoryRun } from './image-run.ts';
import type { LayerCache } from './layer-cache.ts';

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

export interface LayerBudgets {
  /** Declared bytes of all layers of one image. */
  readonly maxImageBytes?: number;
  readonly maxLayers?: number;
}

export interface LayerOptions extends LayerBudgets {
  readonly passLayer: PassLayer;
  /** Layers at once. */
  readonly concurrency: number;
  readonly cache?: LayerCache;
  readonly notes: Notes;
  readonly signal: AbortSignal;
  /** After every layer, and while its bytes come. */
  readonly progress: (counts: LayerCounts) => void;
}

export interface LayerCounts {
  readonly layers: number;
  readonly done: number;
  readonly cached: number;
  /** Bytes that were read so far, as stored. */
  readonly bytes: number;
  /** Declared bytes of all layers that are not known from before. */
  readonly ofBytes: number;
}

/**
 * Reads every layer of all repositories once, the largest first; one that is known from before is not read at all. What a budget
 * cuts, and what cannot be read from any repository that has it, is a gap of each image that it belongs to.
 */
export async function readLayers(runs: readonly RepositoryRun[], options: LayerOptions): Promise<ReadonlyMap<string, LayerReport>> {
  const jobs = jobsOf(runs, options);
  const reports = new Map<string, LayerReport>();
  let [done, cached, bytes] = [0, 0, 0];
  let othersBytes = jobs.reduce((sum, { blob }) => sum + (blob.size ?? 0), 0);
  let ofBytes = othersBytes;
  const tell = () => options.progress({ layers: jobs.length, done, cached, bytes, ofBytes });
  const onBytes = (count: number) => {
    bytes += count;
    tell();
  };
  const slots = pLimit(options.concurrency);
  await Promise.all(
    jobs.map((job) =>
      slots(async () => {
        othersBytes -= job.blob.size ?? 0;
        const { report, isKnown, gap } = await readLayer(job, { othersBytes, onBytes }, options);
        if (report !== undefined) reports.set(job.blob.digest, report);
        if (gap !== undefined) for (const { run } of job.places) noteGap(run, options.notes, 'image layer', gap);
        noteReport(job, report, options.notes);
        done++;
        if (isKnown) {
          cached++;
          ofBytes -= job.blob.size ?? 0;
        }
        tell();
      }),
    ),
  );
  return reports;
}

interface Job {
  readonly blob: BlobRef;
  readonly places: { readonly run: RepositoryRun; readonly reader: ImageReader }[];
}

function jobsOf(runs: readonly RepositoryRun[], { notes, ...budgets }: LayerOptions): readonly Job[] {
  const jobs = new Map<string, Job>();
  const cuts: { readonly run: RepositoryRun; readonly digest: string; readonly gap: ImageGap }[] = [];
  for (const run of runs) {
    for (const { manifest, reader } of run.manifests.values()) {
      const { within, cut } = withinBudget(manifest.layers, budgets);
      for (const blob of within) {
        const job = jobs.get(blob.digest) ?? { blob, places: [] };
        jobs.set(blob.digest, job);
        if (job.places.every((place) => place.run !== run)) job.places.push({ run, reader });
      }
      for (const { blob, why } of cut) {
        cuts.push({
          run,
          digest: blob.digest,
          gap: { reason: 'too-large', subject: blob.digest, detail: `a layer of ${manifest.digest} was not read: ${why}` },
        });
      }
    }
  }
  // A layer that another image reads within its budget is read.
  for (const { run, digest, gap } of cuts) if (!jobs.has(digest)) noteGap(run, notes, 'image layer', gap);
  return [...jobs.values()].sort((a, b) => (b.blob.size ?? 0) - (a.blob.size ?? 0));
}

interface Cut {
  readonly blob: BlobRef;
  readonly why: string;
}

function withinBudget(
  layers: readonly BlobRef[],
  { maxImageBytes = Number.POSITIVE_INFINITY, maxLayers = Number.POSITIVE_INFINITY }: LayerBudgets,
): { readonly within: readonly BlobRef[]; readonly cut: readonly Cut[] } {
  const within: BlobRef[] = [];
  const cut: Cut[] = [];
  let bytes = 0;
  for (const [index, blob] of layers.entries()) {
    bytes += blob.size ?? 0;
    if (index >= maxLayers) cut.push({ blob, why: `the image has ${layers.length} layers, and --max-layers is ${maxLayers}` });
    else if (bytes > maxImageBytes) cut.push({ blob, why: `the image is larger than --max-image-size (${maxImageBytes} bytes)` });
    else within.push(blob);
  }
  return { within, cut };
}

interface LayerOutcome {
  readonly report?: LayerReport;
  readonly isKnown: boolean;
  readonly gap?: ImageGap;
}

interface Meanwhile {
  readonly othersBytes: number;
  readonly onBytes: (count: number) => void;
}

async function readLayer(
  { blob, places }: Job,
  { othersBytes, onBytes }: Meanwhile,
  { passLayer, cache, signal }: LayerOptions,
): Promise<LayerOutcome> {
  const known = await cache?.get(blob.digest);
  if (known !== undefined) return { report: known, isKnown: true };
  let gap: ImageGap | undefined;
  let best: LayerReport | undefined;
  for (const { reader } of places) {
    if (signal.aborted) break;
    const source = watched(reader, blob, { signal, onBytes });
    try {
      const report = await passLayer(blob, source.bytes, signal, { othersBytes, ...(source.onDisk && { onDisk: source.onDisk }) });
      if (source.isWhole() && isLasting(report)) await cache?.put(blob.digest, report);
      if (source.isWhole() || report.gaps.length === 0) return { report, isKnown: false };
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
}

/** Says whether the bytes were read to their end, which is where digest and size are known to be right. */
function watched(
  reader: ImageReader,
  blob: BlobRef,
  { signal, onBytes }: Pick<LayerOptions, 'signal'> & Pick<Meanwhile, 'onBytes'>,
): Watched {
  let whole = false;
  const ended = (): void => {
    whole = true;
  };
  return {
    bytes: (async function* () {
      for await (const chunk of reader.read(blob, signal)) {
        onBytes(chunk.length);
        yield chunk;
      }
      ended();
    })(),
    onDisk: reader.extent && { open: async () => reader.extent?.(blob), took: onBytes, ended },
    isWhole: () => whole,
  };
}

/** What a second look would see again. A broken connection is none of it. */
function isLasting({ gaps }: LayerReport): boolean {
  return gaps.every(({ reason }) => reason === 'malformed' || reason === 'unsupported' || reason === 'too-large');
}

function noteReport({ places }: Job, report: LayerReport | undefined, notes: Notes): void {
  for (const { run } of places) {
    for (const gap of report?.gaps ?? []) noteGap(run, notes, 'image layer', gap);
    for (const { subject, count } of report?.limits ?? []) run.limits.add(notes.limit(run.scope, subject, 'by-design', count));
  }
}
