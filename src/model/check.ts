import type { AssetType, CheckId } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { Severity } from './severity.ts';

/** Framework id → control ids. */
export type Controls = { readonly [framework: string]: readonly string[] };

export type FixStep =
  | { readonly run: readonly string[]; readonly note?: string }
  | { readonly wait: { readonly read: readonly string[]; readonly until: { readonly path: string; readonly is: Json } } }
  | {
      readonly edit: {
        readonly read: readonly string[];
        readonly at?: string;
        readonly keep?: readonly string[];
        readonly set: JsonObject;
        readonly write: readonly string[];
      };
    };

/**
 * How to mend a finding. `steps` are argv lists for the user's own cloud CLI, never shell lines.
 * Placeholders: `{fact.PATH}`, `{asset.id}`, `{asset.name}`, `{scope.account}`, `{scope.region}`, `{input.NAME}`, `{element}`, `{body}` (in `edit.write`).
 */
export interface Fix {
  readonly kind: 'command' | 'recreate' | 'console' | 'manual';
  readonly do: string;
  /** What only the user can decide: name → what it is. Asked for, never guessed. */
  readonly inputs?: { readonly [name: string]: string };
  readonly steps?: readonly FixStep[];
  /** Steps back; `restore` = write the document that was read; or words that begin with `cannot be undone: `. */
  readonly undo: 'restore' | string | readonly FixStep[];
  /** What the fix does to running things: restart, recreate, cost. */
  readonly effect?: string;
}

/** One check as it stands in its file, plus the id that its path gives. Conditions are compiled by `src/checks`. */
export interface Check {
  readonly id: CheckId;
  readonly title: string;
  readonly severity: Severity;
  readonly assets: readonly AssetType[];
  readonly because: string;
  readonly fix: Fix;
  readonly maps: Controls;
  readonly relates: Controls;
  readonly see: readonly string[];
  readonly tags: readonly string[];
  readonly manual?: { readonly where: string };
  /**
   * One finding per failing element of this list, or of these; `key` is the member that identifies an element, `''` the element itself.
   * Lists of found keys (`….secrets[]`) need none: path and variable identify them.
   */
  readonly each?: { readonly path: string | readonly string[]; readonly key?: string };
  readonly params: { readonly [name: string]: { readonly default: Json; readonly policy?: string } };
  /** Ids that this check had before; fingerprints of the former id are matched too. */
  readonly formerly: readonly string[];
  /** Vendor-control ids that are no framework (Security Hub, Azure Policy definitions …). */
  readonly vendorControls?: JsonObject;
  readonly applies?: Json;
  readonly expect?: Json;
}

export interface Framework {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly organization: string;
  readonly url?: string;
  /** What a coverage table of this framework may and may not claim. */
  readonly limits: string;
  /** Control id → our own words. Never the text of the standard. */
  readonly controls: { readonly [id: string]: string };
  /** What is possible in principle, by control id. Whether there is a check is computed, never written. */
  readonly assess?: { readonly [id: string]: 'automated' | 'partial' | 'manual' };
  /** The owner's own count of controls; `controls` need not hold them all. */
  readonly size?: number;
  /** Every id was compared with the owner's document; a notice is printed where not. */
  readonly verified?: boolean;
}
