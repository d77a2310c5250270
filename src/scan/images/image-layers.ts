import pLimit from 'p-limit';
import { unwalkedPickles } from '../../images/components/models/model-warnings.ts';
import type { BlobRef, ImageGap, ImageReader } from '../../images/image.ts';
import type { LayerReport } from '../../images/layer/layer-pass.ts';
import type { Notes } from '../../providers/notes.ts';
import { noteGap, type RepositoryRun } from './image-run.ts';
import type { LayerCache } from '../layers/layer-cache.ts';
import { isSmall, type PassLayer, readLayer } from '../layers/read-layer.ts';

export interface LayerBudgets {
  /** Declared bytes of all layers of one image. */
  readonly maxImageBytes?: number;
  readonly maxLayers?: number;
}

export interface LayerOptions extends LayerBudgets {
  readonly passLayer: PassLayer;
  /** Layers at once. */
  readonly concurrency: number;
  /** Small layers at once, which are fetched before their turn; as many as others if not said. */
  readonly smallAtOnce?: number;
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
  const smallSlots = options.smallAtOnce === undefined ? slots : pLimit(options.smallAtOnce);
  await Promise.all(
    jobs.map((job) =>
      (isSmall(job.blob) ? smallSlots : slots)(async () => {
        othersBytes -= job.blob.size ?? 0;
        const { report, isKnown, gap } = await readLayer(job.blob, new Set(job.places.map(({ reader }) => reader)), {
          ...options,
          othersBytes,
          onBytes,
        });
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

function noteReport({ places }: Job, report: LayerReport | undefined, notes: Notes): void {
  for (const { run } of places) {
    for (const gap of report?.gaps ?? []) noteGap(run, notes, 'image layer', gap);
    for (const { subject, count } of report?.limits ?? []) {
      const limit = notes.limit(run.scope, subject, 'by-design', count);
      run.limits.add(limit);
      if (subject === unwalkedPickles) run.modelLimits.add(limit);
    }
  }
}
