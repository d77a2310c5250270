import type { Asset, Edge } from './asset.ts';
import type { Gap, Limit } from './gap.ts';
import type { AssetType, GapId, LimitId, OperationId, ScopeId } from './ids.ts';
import type { Scope } from './scope.ts';
import type { SecretMatch } from './secret-match.ts';

/** What was asked for one asset type in one scope: without this row, "nothing found" could be "nothing seen". */
export interface Asked {
  readonly scope: ScopeId;
  readonly type: AssetType;
  readonly operations: readonly OperationId[];
  /** Declared calls that were left out: no selected check needed them, or the user did not allow them. */
  readonly notAsked: readonly OperationId[];
  /** Gaps and limits of the listing and of the detail calls of this type in this scope. */
  readonly gaps: readonly GapId[];
  readonly limits: readonly LimitId[];
  /** True if the listing itself was cut or refused: assets of this type may exist unseen. */
  readonly listingCut: boolean;
  /** Types that edges of this type lead to: what an unread listing of this type also hides. */
  readonly leadsTo: readonly AssetType[];
}

export const inventorySchemaVersion = '1.0';

/** The saved form is a public contract: `checks/schema/inventory.schema.json`. */
export interface Inventory {
  readonly schemaVersion: string;
  readonly tool: { readonly name: 'aispm'; readonly version: string };
  readonly scopes: readonly Scope[];
  readonly asked: readonly Asked[];
  readonly assets: readonly Asset[];
  readonly edges: readonly Edge[];
  readonly secrets: readonly SecretMatch[];
  readonly gaps: readonly Gap[];
  readonly limits: readonly Limit[];
  /** Providers that were considered and have no credentials: no gap, but said. */
  readonly notConfigured: readonly { readonly provider: string; readonly detail: string }[];
  /** What the user chose that narrows the scan (`--since`, `--region` …), printed with every report. */
  readonly selection: readonly string[];
  /** Set when the run was cut short by the user: the inventory holds what was read until then. */
  readonly interrupted?: true;
}
