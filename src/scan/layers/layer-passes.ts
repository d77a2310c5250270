import { createHash, createHmac } from 'node:crypto';
import { createComponentReader } from '../../images/components/reader.ts';
import { defaultBudgets, type LayerBudgets } from '../../images/budgets.ts';
import type { TapOptions } from '../../images/layer/layer-tap.ts';
import { passLayer } from '../../images/layer/pass-layer.ts';
import type { BlobRef } from '../../images/image.ts';
import type { ByteSink } from '../../images/layer/layer-pass.ts';
import { isEncryptedLayer, isTarLayer } from '../../images/manifests/media-types.ts';
import { prepareByteSinks } from '../../secrets/byte-sink.ts';
import type { Detector } from '../../secrets/detectors/compile.ts';
import type { DetectorSet } from '../../secrets/detectors/detector-set.ts';
import { detectorSetHash } from '../../secrets/detectors/detector-set-hash.ts';
import { type Finder, lazyFinder } from '../../secrets/find.ts';
import { allPasses } from '../../secrets/search/lead.ts';
import { maskText } from '../../secrets/documents/mask-text.ts';
import { shownName } from '../images/masked-names.ts';
import { createRedactor } from '../../secrets/redact.ts';
import type { PassLayer } from './read-layer.ts';

export interface LayerPasses {
  readonly passLayer: PassLayer;
  /** Layers that may be passed at the same time. */
  readonly concurrency: number;
  /** How a blob is looked at, for those who hand the bytes over themselves. */
  tapOptions(blob: BlobRef): TapOptions;
  close(): Promise<void>;
}

/** Parts of a pass that can be left out, to measure what each costs. */
export type PassPart = 'search' | 'digests' | 'utf-16' | 'base64' | 'containers' | 'components' | 'lines' | 'kernel';

/** Passes over layers in this thread, one after the other. */
export function layerPassesHere({
  set,
  digestKey,
  finder = lazyFinder({ set, ...(digestKey !== undefined && { digestKey }) }),
  without = [],
  budgets = defaultBudgets,
}: {
  readonly set: DetectorSet;
  readonly digestKey?: Uint8Array;
  /** A finder of these detectors to share; it is made only where a name is to be shown. */
  readonly finder?: () => Finder;
  readonly without?: readonly PassPart[];
  readonly budgets?: LayerBudgets;
}): LayerPasses {
  const redactor = createRedactor(digestKey);
  // Sinks of one preparation share their memory, and containers are searched while the layer still is.
  const prepared = new Map<number, ReturnType<typeof prepareByteSinks>>();
  const createSink = (depth: number): ByteSink => {
    if (without.includes('search')) return blindSink();
    const make =
      prepared.get(depth) ??
      prepareByteSinks({
        set,
        redactor,
        engine: without.includes('kernel') ? 'automaton' : 'wasm',
        passes: { utf16: !without.includes('utf-16'), base64: !without.includes('base64') },
      });
    prepared.set(depth, make);
    return without.includes('lines') ? { ...make(), held: nothingHeld } : make();
  };
  const tapOptions = (blob: BlobRef): TapOptions => ({
    digest: blob.digest,
    createSink,
    budgets,
    now: () => performance.now(),
    mask: (text) => shownName(maskText(finder(), text)),
    opensNested: !without.includes('containers'),
    wantsDiffId: false,
    ...(!without.includes('components') && { components: createComponentReader() }),
    expectsTar: isTarLayer(blob.mediaType),
    isEncrypted: isEncryptedLayer(blob.mediaType),
    ...rawPathOf(blob.annotations),
  });
  return {
    concurrency: 1,
    tapOptions,
    passLayer: (blob, chunks, signal) => passLayer({ ...tapOptions(blob), chunks, signal }),
    close: async () => {},
  };
}

function blindSink(): ByteSink {
  const room = new Uint8Array(256 << 10);
  return {
    room: () => room,
    commit: () => undefined,
    cut: () => undefined,
    program: () => undefined,
    take: () => [],
    encoded: () => [],
    held: nothingHeld,
    end: () => [],
  };
}

const noBytes = new Uint8Array(0);
const nothingHeld: ByteSink['held'] = () => ({ bytes: noBytes, startByte: 0, keptFrom: 0, newlines: () => 0 });

/** The file that a blob of an artifact is. https://github.com/modelpack/model-spec/blob/main/docs/annotations.md */
function rawPathOf(annotations: { readonly [name: string]: string } = {}): { readonly rawPath?: string } {
  const path = annotations['org.cncf.model.filepath'] ?? annotations['org.opencontainers.image.title'];
  return path === undefined ? {} : { rawPath: path };
}

/** Names everything that decides what a pass over a layer yields: results under another name are not its. */
export function passFingerprint(detectors: readonly Detector[], digestKey?: Uint8Array): string {
  const key =
    digestKey === undefined || digestKey.length === 0 ? '' : createHmac('sha256', digestKey).update('aispm/layer-cache').digest('hex');
  return createHash('sha256')
    .update(JSON.stringify([detectorSetHash(detectors, allPasses), key, defaultBudgets]))
    .digest('hex');
}
