import type { AiComponent } from '../layer/layer-pass.ts';
import { arrayPickles } from './pickle/array-pickles.ts';
import { searchConfig } from './config-search.ts';
import { innerArray, innerPickle, modelFiles, otherPickle } from './models/model-files.ts';
import { modelFolders } from './models/model-folders.ts';
import { nodePackages } from './packages/node-packages.ts';
import { pythonPackages } from './packages/python-packages.ts';
import {
  contentBytes,
  type ContentStream,
  headBytes,
  nothing,
  type InnerPickle,
  type Recognised,
  type Recogniser,
  type Want,
} from './recogniser.ts';
import { pickleWalk } from './pickle/pickle.ts';
import { pickleStream } from './pickle/pickle-stream.ts';
import { rpmDatabases } from './packages/rpm-databases.ts';
import { sniffModel } from './models/sniff-model.ts';
import { runtimes } from './runtimes.ts';
import { systemPackages } from './packages/system-packages.ts';

/** Recognises AI packages, runtimes and model files among the members of a layer, from their names and first bytes. Loads none of them. */
export interface ComponentReader {
  /**
   * A reader for a regular file of this path and size (undefined: not known yet); undefined: there is nothing to see. The files inside
   * of a container come before it ends. Never throws, whatever they hold. `head`: its first bytes, by which models are known under other names.
   */
  open(path: string, size: number | undefined, head?: Uint8Array): ComponentFile | undefined;
  /** What was recognised so far and not read by design, counted. */
  limits(): readonly { readonly subject: string; readonly count: number }[];
}

export interface ComponentFile {
  push(bytes: Uint8Array): void;
  end(): readonly AiComponent[];
}

/** Members beyond this number are counted, not listed: a hostile layer could hold millions. */
const mostComponents = 20_000;

export function createComponentReader(): ComponentReader {
  const counts = new Map<string, number>();
  const count = (subject: string): void => void counts.set(subject, (counts.get(subject) ?? 0) + 1);
  /** By the archive that holds them, until it ends. */
  const pickles = new Map<string, InnerPickle[]>();
  let found = 0;

  function listed({ components, limits = [] }: Recognised): readonly AiComponent[] {
    for (const limit of limits) count(limit);
    const some = components.slice(0, mostComponents - found);
    found += some.length;
    if (some.length < components.length) count('components beyond the first 20,000 of a layer');
    return some;
  }

  function streamOf(path: string, size: number | undefined, head: Uint8Array | undefined): ContentStream | undefined {
    const chosen = recogniserOf(path, size ?? contentBytes, head);
    if (chosen === undefined) return undefined;
    const { recogniser, base, want } = chosen;
    if ('open' in recogniser) return recogniser.open(path, base);
    const isModel = recogniser === modelFiles || recogniser === otherPickles;
    const opcodes = isModel ? arrayPickles() : undefined;
    const config = isModel && /\.(?:h5|hdf5|keras)$/i.test(base) ? searchConfig() : undefined;
    const content = collecting(want === 'head' ? headBytes : contentBytes, (bytes, seen) => {
      const inner = pickles.get(path);
      pickles.delete(path);
      const said = [...(config?.end() ?? []), ...(inner?.flatMap((part) => part.config ?? []) ?? [])];
      return recogniser.read({
        path,
        base,
        size: size ?? seen,
        bytes,
        config: said,
        ...(inner && { pickles: inner }),
        ...(opcodes && { walk: pickleWalk(opcodes.end()) }),
      });
    });
    return withBesides(content, [opcodes, config]);
  }

  /** A pickle inside of a model's archive is no model of its own: it tells of the archive. */
  function partOf(archive: string, path: string): ContentStream | undefined {
    const tell = (part: InnerPickle | undefined): Recognised => {
      const known = pickles.get(archive) ?? [];
      if (part !== undefined && known.length < mostPickles) pickles.set(archive, [...known, part]);
      return nothing;
    };
    if (/\.(?:pkl|pickle)$/i.test(path)) {
      const opcodes = pickleStream();
      return { push: (bytes) => opcodes.push(bytes), end: () => tell(innerPickle(pickleWalk(opcodes.end()))) };
    }
    if (/\.(?:npy$|npz!\/)/i.test(path)) {
      const walk = arrayPickles();
      return withBesides(
        collecting(headBytes, (head) => tell(innerArray(head, pickleWalk(walk.end())))),
        [walk],
      );
    }
    if (!path.endsWith('!/config.json')) return undefined;
    const config = searchConfig();
    return { push: (bytes) => config.push(bytes), end: () => tell({ warnings: [], config: config.end(), isWalked: true }) };
  }

  return {
    open(path, size, head) {
      if (size === 0) return undefined;
      const archive = modelArchiveOf(path);
      const stream = archive === undefined ? streamOf(path, size, head) : partOf(archive, path);
      return stream && { push: (bytes) => stream.push(bytes), end: () => listed(stream.end()) };
    },
    limits: () => [...counts].map(([subject, n]) => ({ subject, count: n })),
  };
}

/** What else sees the same bytes. */
function withBesides(content: ContentStream, besides: readonly (Pick<ContentStream, 'push'> | undefined)[]): ContentStream {
  return {
    push(bytes) {
      for (const beside of besides) beside?.push(bytes);
      content.push(bytes);
    },
    end: () => content.end(),
  };
}

/** Pickles of one archive that are told of. */
const mostPickles = 20;

/** The first bytes of a file, and then what they are. */
function collecting(limit: number, read: (bytes: Uint8Array, seen: number) => Recognised): ContentStream {
  const parts: Buffer[] = [];
  let kept = 0;
  let seen = 0;
  return {
    push(bytes) {
      seen += bytes.length;
      if (kept === limit) return;
      const part = Buffer.from(bytes.subarray(0, limit - kept));
      parts.push(part);
      kept += part.length;
    },
    end: () => read(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts), seen),
  };
}

/** The archive of a model that a file lies in: its files are parts of one model. */
function modelArchiveOf(path: string): string | undefined {
  if (!path.includes('!/')) return undefined;
  const [, archive] = /^(.*\.(?:pt|pth|ckpt|ptl|bin|t7|th|torchscript|npz|keras|mar|nemo))!\/[^!]*$/i.exec(path) ?? [];
  return archive;
}

const recognisers: readonly Recogniser[] = [pythonPackages, nodePackages, systemPackages, rpmDatabases, runtimes, modelFolders, modelFiles];

const otherPickles: Recogniser = { wants: () => undefined, read: otherPickle };

function recogniserOf(
  path: string,
  size: number,
  head: Uint8Array | undefined,
): { recogniser: Recogniser; base: string; want: Want } | undefined {
  const base = path.slice(path.lastIndexOf('/') + 1);
  for (const recogniser of recognisers) {
    const want = recogniser.wants(path, base, size);
    if (want !== undefined) return { recogniser, base, want };
  }
  const kind = head === undefined ? undefined : sniffModel(head);
  return kind === undefined ? undefined : { recogniser: kind === 'pickle' ? otherPickles : modelFiles, base, want: 'head' };
}
