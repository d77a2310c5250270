import type { ImageGap, ImageManifest, ImageReader } from '../../images/image.ts';
import type { LayerReport } from '../../images/layer/layer-pass.ts';
import type { AssetId, GapId, LimitId, OperationId, ScopeId } from '../../model/ids.ts';
import { operationId } from '../../model/ids.ts';
import { nameOfRepository, repositoryId, scopeOfRepository } from '../../model/image-rule.ts';
import type { ImageLocation, SecretMatch } from '../../model/secret-match.ts';
import type { Notes } from '../../providers/notes.ts';

/** What could not be read of an image: the thing, as gaps and their acceptance name it. */
export type ImageCall = 'image catalogue' | 'image manifest' | 'image config' | 'image layer';

/** A manifest, and by which reader its blobs can be had. */
export interface HeldManifest {
  readonly manifest: ImageManifest;
  readonly reader: ImageReader;
  readonly tags: Set<string>;
}

/** What of an image's configuration is of use later. Keys in it are masked. */
export interface ConfigSeen {
  readonly history: readonly HistoryEntry[];
  readonly created?: string;
  readonly platform?: string;
}

export interface HistoryEntry {
  readonly createdBy: string;
  readonly isEmptyLayer: boolean;
}

/** A key before its place in every image is known. */
export type Found = Omit<SecretMatch, 'at'> & { readonly at: Omit<ImageLocation, 'kind' | 'asset'> };

/** One repository while it is read. */
export interface RepositoryRun {
  /** A registry is one whose repositories could not all be listed. */
  readonly kind: 'repository' | 'registry';
  readonly id: AssetId;
  readonly name: string;
  readonly scope: ScopeId;
  readonly references: Set<string>;
  readonly manifests: Map<string, HeldManifest>;
  /** What of the configurations is of use later, by digest; absent where it could not be read. */
  readonly configs: Map<string, ConfigSeen>;
  readonly found: Found[];
  readonly gaps: Map<GapId, ImageCall>;
  readonly limits: Set<LimitId>;
  /** Those by which it is not known what model files do. */
  readonly modelLimits: Set<LimitId>;
}

export function startRepository(repository: string, kind: RepositoryRun['kind'] = 'repository'): RepositoryRun {
  const id = repositoryId(repository);
  return {
    kind,
    id,
    name: nameOfRepository(id),
    scope: scopeOfRepository(id),
    references: new Set(),
    manifests: new Map(),
    configs: new Map(),
    found: [],
    gaps: new Map(),
    limits: new Set(),
    modelLimits: new Set(),
  };
}

/** What could not be read of a repository: a gap of the report under its own scope. */
export function noteGap(run: RepositoryRun, notes: Notes, call: ImageCall, { reason, subject, detail }: ImageGap): void {
  run.gaps.set(notes.gap({ scope: run.scope, call: operationOf(call), reason, subject, detail }), call);
}

export const operationOf = (call: ImageCall): OperationId => operationId(call);

/** Layer reports by digest; a layer that could not be read has none. */
export type LayerReports = ReadonlyMap<string, LayerReport>;
