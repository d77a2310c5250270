import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emptyRepository, putImage, type Repository } from '../../src/demo/registry/content.ts';
import { type RegistryDouble, type RegistryDoubleOptions, startRegistryDouble } from '../../src/demo/registry/double.ts';
import { buildLayer, type LayerFile } from '../../src/demo/registry/layer.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { ImageLocation, SecretMatch } from '../../src/model/secret-match.ts';
import { type ImageRequest, readImages } from '../../src/scan/images/read-images.ts';
import type { ProgressEvent } from '../../src/scan/world.ts';
import { loadDetectors } from '../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../src/secrets/detectors/example.ts';

const detectors = await loadDetectors();

/** A key of a detector, made up; the same for the same number. */
export const keyOf = (detector: string, number = 1): string => exampleOf(detectors, detector, number);

export interface LabImage {
  readonly layers: readonly (readonly LayerFile[])[];
  /** Lines of the history, one for each layer, if any are given. */
  readonly history?: readonly JsonObject[];
  readonly config?: JsonObject;
  readonly annotations?: { readonly [name: string]: string };
  readonly tag?: string;
}

export async function addImage(repository: Repository, { layers, history, config = {}, annotations, tag = 'latest' }: LabImage) {
  const built = await Promise.all(layers.map(buildLayer));
  return putImage(repository, {
    config: {
      architecture: 'amd64',
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: built.map(({ diffId }) => diffId) },
      ...(history !== undefined && { history }),
    },
    layers: built,
    tag,
    ...(annotations !== undefined && { annotations }),
  });
}

export async function repositoryWith(...images: readonly LabImage[]): Promise<Repository> {
  const repository = emptyRepository();
  for (const image of images) await addImage(repository, image);
  return repository;
}

export interface Lab extends RegistryDouble {
  /** Inspects references of this registry, written without its host. */
  readonly inspect: (references: readonly string[], options?: LabOptions) => Promise<Inspected>;
}

export interface LabOptions extends Partial<ImageRequest> {
  readonly signal?: AbortSignal;
  readonly progress?: (event: ProgressEvent) => void;
  /** Credentials of clouds, and of the registries that Docker knows. */
  readonly env?: { readonly [name: string]: string };
}

export interface Inspected {
  readonly inventory: Inventory;
  readonly warnings: readonly string[];
}

export async function startLab(
  repositories: { readonly [name: string]: Repository },
  options: Partial<RegistryDoubleOptions> = {},
): Promise<Lab> {
  const double = await startRegistryDouble({ repositories, ...options });
  return {
    ...double,
    inspect: (references, chosen) =>
      inspect(
        references.map((name) => `${double.host}/${name}`),
        chosen,
      ),
  };
}

/** Inspects references as they are written: with nothing of this machine's logins, proxies and caches. */
export async function inspect(references: readonly string[], { signal, progress, env, ...options }: LabOptions = {}): Promise<Inspected> {
  const warnings: string[] = [];
  const inventory = await readImages(
    { references, plainHttp: [], timeoutMs: 10_000, offline: false, toolVersion: '0.0.0', warn: (text) => warnings.push(text), ...options },
    {
      env: { SOURCE_DATE_EPOCH: '1780272000', ...env },
      now: () => new Date('2026-06-01T00:00:00Z'),
      random: () => 0,
      signal: signal ?? new AbortController().signal,
      progress: progress ?? (() => {}),
      debug: () => {},
    },
  );
  return { inventory, warnings };
}

export const temporaryFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'aispm-lab-'));

/** The keys of an inventory with their places in images, in a form that is easy to compare. */
export function keysOf({
  secrets,
}: Inventory): readonly (Pick<SecretMatch, 'detector'> & Pick<ImageLocation, 'part' | 'path' | 'visible'>)[] {
  return secrets.flatMap(({ detector, at }) =>
    at.kind === 'image' ? [{ detector, part: at.part, path: at.path, visible: at.visible }] : [],
  );
}
