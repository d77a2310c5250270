import type { AssetId, AssetType, CheckId, ScopeId } from './ids.ts';
import type { VerdictStatus } from './verdict.ts';

/** What can stand in front of an AI entry point, in the order in which a request meets it, and what stands behind it. */
export const layerNames = [
  'edge',
  'bot-management',
  'waf',
  'tls',
  'authentication',
  'guardrails',
  'network',
  'encryption',
  'logging',
  'backup',
] as const;
export type LayerName = (typeof layerNames)[number];

/** `unknown` also where nothing that was judged speaks of it: a layer is never on by a guess. */
export type LayerState = 'on' | 'off' | 'manual' | 'unknown';

export interface EntryLayer {
  readonly layer: LayerName;
  readonly state: LayerState;
  /** The verdicts that settle the state; none where nothing speaks of it. */
  readonly from: readonly { readonly check: CheckId; readonly asset: AssetId; readonly status: VerdictStatus }[];
}

/** One point at which requests reach AI, and its layers, each of `layerNames` once. */
export interface EntryPoint {
  readonly asset: AssetId;
  readonly type: AssetType;
  readonly name: string;
  readonly scope: ScopeId;
  readonly layers: readonly EntryLayer[];
}
