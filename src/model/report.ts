import type { Asset } from './asset.ts';
import type { Check, Framework } from './check.ts';
import type { EntryPoint } from './entry-layers.ts';
import type { AssetId, AssetType, CheckId, Fingerprint, GapId, LimitId, ScopeId } from './ids.ts';
import type { Inventory } from './inventory.ts';
import type { FactLocation, ImageLocation } from './secret-match.ts';
import type { Severity } from './severity.ts';
import type { Evidence, Judgement } from './verdict.ts';

/** One row per check × scope: what was judged, and what could not be seen. */
export interface LedgerRow {
  readonly check: CheckId;
  readonly scope: ScopeId;
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly notApplicable: number;
  readonly manual: number;
  /** Gaps of the calls of this check's assets, of its verdicts, and of every edge that could have led to such an asset. */
  readonly gaps: readonly GapId[];
  readonly limits: readonly LimitId[];
}

/** A fix with its placeholders filled from this asset; inputs stay as `{input.NAME}`. */
export interface RenderedFix {
  readonly kind: 'command' | 'recreate' | 'console' | 'manual';
  readonly do: string;
  readonly inputs: { readonly [name: string]: string };
  /** argv per step that can be shown as a command; `edit` and `wait` steps are described in `note`. */
  readonly steps: readonly { readonly run: readonly string[]; readonly note?: string }[];
  readonly undo: string | readonly { readonly run: readonly string[]; readonly note?: string }[];
  readonly effect?: string;
}

/** What a finding is about, as it stands in the finding. */
export interface FindingSubject {
  readonly asset: AssetId;
  readonly assetType: AssetType;
  readonly assetName: string;
  readonly scope: ScopeId;
}

export const subjectOf = ({ id, type, name, scope }: Asset): FindingSubject => ({ asset: id, assetType: type, assetName: name, scope });

export interface Finding extends FindingSubject {
  /** sha256 of JSON `['aispm/1', rule, asset, place]`. */
  readonly fingerprint: Fingerprint;
  readonly rule: string;
  /** Fingerprints under former ids of the rule. */
  readonly formerly?: readonly Fingerprint[];
  /** `''`, the failing element's key, a secret's path and variable, or the public digest of a key in an image. Never an index. */
  readonly place: string;
  readonly severity: Severity;
  readonly title: string;
  readonly evidence: readonly Evidence[];
  readonly locations: readonly (FactLocation | ImageLocation)[];
  readonly fix: RenderedFix;
  readonly waived?: { readonly reason: string; readonly until: string; readonly owner?: string; readonly ticket?: string };
  /** Taken over from the previous report because its place was not read, or not selected, this time. */
  readonly carried?: { readonly lastSeen: string; readonly why: 'unknown' | 'not-selected' };
}

/** How many findings there are, so that the gate of a streamed report is known before its findings are. */
export interface FindingCounts {
  /** Open ones: neither waived nor of a scope or check that was not selected. What was carried because it could not be read counts. */
  readonly open: { readonly [S in Severity]: number };
  /** Carried ones whose scope or check was not selected this time: printed, not counted by the gate. */
  readonly notSelected: number;
  readonly waived: number;
  /** Carried because their place could not be read; they are among the open (or waived) ones. */
  readonly carriedUnknown: number;
}

/** What carried findings speak of and this run did not select or could not read, as it was when last seen. */
export interface CarriedFrom {
  readonly checks: readonly Check[];
  readonly assets: readonly Asset[];
}

export type FailOn = Severity | 'any' | 'none';

export interface Gate {
  readonly failOn: FailOn;
  readonly exitCode: 0 | 1 | 3 | 4 | 5 | 130 | 143;
  /** The last line on stderr, without its `exit N: `. */
  readonly why: string;
  readonly complete: boolean;
  /** Findings that count for the gate: not waived, at or above `failOn`. */
  readonly counted: number;
}

export interface Warning {
  readonly kind: 'waiver-expired' | 'waiver-unused' | 'gap-acceptance-expired' | 'gap-acceptance-unused' | 'carrying';
  readonly text: string;
}

export const reportSchemaVersion = '1.0';

/** The saved form is a public contract: `checks/schema/report.schema.json`. Lists are sorted; the same evidence gives the same bytes. */
export interface Report extends Inventory {
  /** The selected checks: texts, mappings, fixes. */
  readonly checks: readonly Check[];
  readonly frameworks: readonly Framework[];
  /** Every unknown and manual verdict; with `--include-pass` every verdict. */
  readonly verdicts: readonly Judgement[];
  readonly findings: readonly Finding[];
  readonly counts: FindingCounts;
  /** Present if a previous report was given, even if nothing had to be carried. */
  readonly carriedFrom?: CarriedFrom;
  readonly ledger: readonly LedgerRow[];
  /** AI entry points with the layers in front of and behind them; left out where none was found. */
  readonly entryPoints?: readonly EntryPoint[];
  readonly warnings: readonly Warning[];
  readonly gate: Gate;
}
