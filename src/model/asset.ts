import type { AssetId, AssetType, GapId, LimitId, OperationId, ScopeId } from './ids.ts';
import type { JsonObject } from './json.ts';

/** The vendor's own field names and shapes; what is computed or grafted starts with `$`. */
export type Facts = JsonObject;

export type Why =
  | { readonly gap: GapId }
  | { readonly limit: LimitId }
  /** The call was not made because no selected check needed it (or the user did not allow it). */
  | { readonly notAsked: OperationId };

/**
 * Everything at and below `prefix` (a dotted fact path, `''` is all) was not read, but for the prefixes in `except`,
 * which other calls own.
 */
export interface Unread {
  readonly prefix: string;
  readonly except?: readonly string[];
  readonly why: Why;
}

export interface Asset {
  readonly id: AssetId;
  readonly type: AssetType;
  readonly name: string;
  readonly scope: ScopeId;
  readonly facts: Facts;
  readonly unread: readonly Unread[];
  /** Edges of this asset that could not be seen, because the facts they come from were not read. */
  readonly hiddenEdges: readonly HiddenEdge[];
}

export type EdgeKind = 'uses' | 'runs' | 'holds' | 'reads' | 'writes' | 'exposes' | 'guards' | 'assumes';

export interface HiddenEdge {
  readonly kind: EdgeKind;
  readonly to: AssetType;
  readonly why: Why;
}

export interface Edge {
  readonly from: AssetId;
  readonly to: AssetId;
  readonly kind: EdgeKind;
  readonly toType: AssetType;
  /** The vendor says that the target does not exist (deleted since). No asset stands behind the edge. */
  readonly dangling?: true;
  /**
   * Of an edge to a repository of images: digests of the manifests that the names in the facts led to, when they were read. Absent
   * where nothing was looked into, or one of the names could not be followed: then it may be any image of the repository.
   */
  readonly images?: readonly string[];
}
