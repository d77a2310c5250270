import type { Asset } from '../../model/asset.ts';
import type { Check, Framework } from '../../model/check.ts';
import { byReportOrder, providerOf } from '../../model/finding-order.ts';
import type { AssetId, CheckId } from '../../model/ids.ts';
import { repositoryType } from '../../model/image-rule.ts';
import type { Inventory } from '../../model/inventory.ts';
import { byCodeUnit, sortedBy } from '../../model/order.ts';
import type { FailOn, Finding, Report, Warning } from '../../model/report.ts';
import { reportSchemaVersion } from '../../model/report.ts';
import type { Judgement } from '../../model/verdict.ts';
import { carry } from './carry.ts';
import { countFindings } from './count-findings.ts';
import { entryPointsOf } from './entry-points.ts';
import { findingsOf } from './findings-of.ts';
import { gateOf } from './gate.ts';
import { imageFindings, imageJudgements } from '../images/image-findings.ts';
import { keysInImages } from '../images/image-rules.ts';
import { modelFileFindings, modelFileJudgements } from '../images/model-file-findings.ts';
import { modelFilesInImages, runsCode, unpicklesMore } from '../images/model-file-rules.ts';
import { makeLedger } from './ledger.ts';
import type { Waivers } from './read-waivers.ts';
import { sortInventory } from '../sort-inventory.ts';
import { type Looked, waive } from './waive.ts';

export interface AssembleInput {
  readonly inventory: Inventory;
  /** Every verdict of the selected checks, in any order. */
  readonly judgements: readonly Judgement[];
  /** The selected checks. */
  readonly checks: readonly Check[];
  readonly frameworks: readonly Framework[];
  /** What keys in images are findings of; those that no finding speaks of are left out of the report. */
  readonly imageRules?: readonly Check[];
  readonly failOn: FailOn;
  /** Keep every verdict in the report, not only what is unknown or manual. */
  readonly includePass: boolean;
  readonly waivers?: Waivers;
  /** The report of the last run, whose findings are carried where this run could not look. */
  readonly previous?: Report;
  /** Ids of all checks that exist, for carrying. */
  readonly knownChecks?: ReadonlySet<string>;
  /** ISO 8601; the end of waivers is counted from it. By default the latest `collectedAt` of the inventory. */
  readonly at?: string;
  /** The run was interrupted by this signal. */
  readonly signal?: 'SIGINT' | 'SIGTERM';
  /** Version of the program that judges; by default the one that read. */
  readonly toolVersion?: string;
}

/**
 * The report: findings, waivers, what is carried, the ledger and the gate. A function of its input alone: the same
 * evidence in any order gives an equal report, whose lists are sorted.
 * Throws a UsageError for a waiver that ends too late.
 */
export function assemble(input: AssembleInput): Report {
  const { includePass, previous, failOn, signal } = input;
  const imageRules = [...(input.imageRules ?? []), runsCode, unpicklesMore];
  const inventory = sortInventory(input.inventory);
  const judgements = [...input.judgements, ...imageJudgements(inventory), ...modelFileJudgements(inventory.assets)];
  const asked = concernsImages(inventory) ? [...input.checks, keysInImages, modelFilesInImages] : input.checks;
  const found = [
    ...findingsOfAll(inventory.assets, input.checks, input.judgements),
    ...imageFindings(inventory, imageRules),
    ...modelFileFindings(inventory.assets),
  ];
  const carried = previous && carry({ ...input, checks: [...asked, ...imageRules], judgements, previous, inventory, findings: found });
  const { findings, gaps, warnings } = applyWaivers([...found, ...(carried?.findings ?? [])], inventory, {
    ...input,
    asked: concernsImages(inventory) ? [...asked, ...imageRules] : asked,
  });
  const counts = countFindings(findings);
  const entryPoints = entryPointsOf({ inventory, judgements, checks: asked });
  const spokenOf = new Set<string>(findings.map(({ rule }) => rule));
  const checks = sortedBy([...asked, ...imageRules.filter(({ id }) => spokenOf.has(id))], ({ id }) => id);
  return {
    schemaVersion: reportSchemaVersion,
    tool: { name: 'aispm', version: input.toolVersion ?? inventory.tool.version },
    scopes: inventory.scopes,
    asked: inventory.asked,
    assets: inventory.assets,
    edges: inventory.edges,
    secrets: inventory.secrets,
    gaps,
    limits: inventory.limits,
    notConfigured: inventory.notConfigured,
    selection: inventory.selection,
    ...((inventory.interrupted || signal !== undefined) && { interrupted: true as const }),
    checks,
    frameworks: sortedBy(input.frameworks, ({ id }) => id),
    verdicts: sortedBy(
      includePass ? judgements : judgements.filter(({ verdict }) => verdict.status === 'unknown' || verdict.status === 'manual'),
      ({ check }) => check,
      ({ asset }) => asset,
    ),
    findings: [...findings].sort(byReportOrder),
    counts,
    ...(carried && { carriedFrom: carried.from }),
    ledger: makeLedger(inventory, asked, judgements),
    ...(entryPoints.length > 0 && { entryPoints }),
    warnings: sortedBy(
      [...warnings, ...(carried?.warnings ?? [])],
      ({ kind }) => kind,
      ({ text }) => text,
    ),
    gate: gateOf({
      failOn,
      counts,
      gaps,
      asked: inventory.asked,
      assets: inventory.assets.length,
      interrupted: inventory.interrupted === true,
      ...(signal !== undefined && { signal }),
    }),
  };
}

/** Repositories were looked into, or what could not be read hides some. */
function concernsImages({ asked, assets }: Inventory): boolean {
  return (
    asked.some(({ type }) => type === repositoryType) ||
    assets.some(({ hiddenEdges }) => hiddenEdges.some(({ to }) => to === repositoryType))
  );
}

function findingsOfAll(assets: readonly Asset[], checks: readonly Check[], judgements: readonly Judgement[]): readonly Finding[] {
  const assetsById = new Map<AssetId, Asset>(assets.map((asset) => [asset.id, asset]));
  const checksById = new Map<CheckId, Check>(checks.map((check) => [check.id, check]));
  return judgements.flatMap(({ check: id, asset: assetId, verdict }) => {
    if (verdict.status !== 'fail') return [];
    const [check, asset] = [checksById.get(id), assetsById.get(assetId)];
    if (!check || !asset) throw new Error(`a verdict of ${id} is about a check or an asset that was not handed in`);
    return findingsOf(check, asset, verdict.evidence);
  });
}

function applyWaivers(
  findings: readonly Finding[],
  inventory: Inventory,
  { waivers, at, asked }: Pick<AssembleInput, 'waivers' | 'at'> & { readonly asked: readonly Check[] },
): { readonly findings: readonly Finding[]; readonly gaps: Inventory['gaps']; readonly warnings: readonly Warning[] } {
  const clock =
    at ??
    inventory.scopes
      .map(({ collectedAt }) => collectedAt)
      .sort(byCodeUnit)
      .at(-1);
  if (!waivers || clock === undefined) return { findings, gaps: inventory.gaps, warnings: [] };
  return waive(findings, inventory.gaps, waivers, { today: clock.slice(0, 'YYYY-MM-DD'.length), looked: lookedAt(inventory, asked) });
}

function lookedAt({ scopes }: Inventory, asked: readonly Check[]): Looked {
  return { rules: new Set(asked.map(({ id }) => id.split('.')[0] ?? id)), scopes: new Set(scopes.map(({ id }) => providerOf(id))) };
}
