import type { Asset } from '../../model/asset.ts';
import type { Check } from '../../model/check.ts';
import { unreadNear } from '../../model/fact-path.ts';
import { accountOf, regionOf } from '../../model/finding-order.ts';
import type { AssetId, AssetType, Fingerprint, ScopeId } from '../../model/ids.ts';
import { isImageRule, ledgerCheckOf } from '../../model/image-rule.ts';
import type { Inventory } from '../../model/inventory.ts';
import { byCodeUnit, sortedBy } from '../../model/order.ts';
import { isRegion } from '../../model/place.ts';
import type { CarriedFrom, Finding, Report, Warning } from '../../model/report.ts';
import type { Judgement } from '../../model/verdict.ts';
import { fingerprintOf } from '../../model/fingerprint.ts';
import type { Hidden } from './ledger.ts';
import { reaches, whatHides } from './ledger.ts';

export interface CarryInput {
  readonly previous: Report;
  readonly inventory: Inventory;
  readonly checks: readonly Check[];
  readonly judgements: readonly Judgement[];
  /** Findings of this run. */
  readonly findings: readonly Finding[];
  /** Ids of all checks that exist, selected or not; a finding of a check that no longer exists is dropped. All, if left out. */
  readonly knownChecks?: ReadonlySet<string>;
}

export interface Carried {
  readonly findings: readonly Finding[];
  readonly from: CarriedFrom;
  readonly warnings: readonly Warning[];
}

/**
 * Findings of the previous report whose place was not read, or not selected, this time. They come back with the day when
 * they were last seen, so that a service that replaces its alerts closes one only when its place was read again.
 * What was read and no longer fails, or no longer exists, is dropped. Nothing that this run found comes twice.
 */
export function carry(input: CarryInput): Carried {
  const { previous, inventory, checks, findings, knownChecks } = input;
  const present = new Set<Fingerprint>(findings.flatMap((finding) => [finding.fingerprint, ...(finding.formerly ?? [])]));
  const byName = new Map<string, Check>();
  for (const check of checks) for (const former of check.formerly) byName.set(former, check);
  for (const check of checks) byName.set(check.id, check);
  const lastSeenIn = clockOf(previous);
  const whyOf = reasonFinder(input);

  const carried = new Map<Fingerprint, Finding>();
  for (const old of previous.findings) {
    const check = byName.get(old.rule);
    if (!check && knownChecks && !knownChecks.has(old.rule) && !isImageRule(old.rule)) continue;
    const finding = check ? underItsPresentName(old, check) : old;
    if ([finding.fingerprint, ...(finding.formerly ?? [])].some((known) => present.has(known) || carried.has(known))) continue;
    const why = check ? whyOf(finding, check) : 'not-selected';
    if (why === undefined) continue;
    const { waived: _, ...open } = finding;
    carried.set(finding.fingerprint, { ...open, carried: { lastSeen: old.carried?.lastSeen ?? lastSeenIn(old.scope), why } });
  }
  const all = [...carried.values()];
  return { findings: all, from: whatTheySpeakOf(all, previous, inventory, checks), warnings: warningsOf(all) };
}

/** A check that was renamed, or whose severity or title changed, speaks as it does now. */
function underItsPresentName(finding: Finding, check: Check): Finding {
  // How bad what was found in an image is, only the run that saw it knows.
  const current = isImageRule(check.id) ? { ...finding, title: check.title } : { ...finding, severity: check.severity, title: check.title };
  if (finding.rule === check.id) return current;
  return {
    ...current,
    rule: check.id,
    fingerprint: fingerprintOf(check.id, finding.asset, finding.place),
    formerly: [...new Set([finding.fingerprint, ...(finding.formerly ?? [])])].sort(byCodeUnit),
  };
}

type Why = NonNullable<Finding['carried']>['why'];

/** Says why a finding of a selected check was not judged again, or `undefined` if it was. */
function reasonFinder({ inventory, judgements }: CarryInput): (finding: Finding, check: Check) => Why | undefined {
  const assets = new Map<AssetId, Asset>(inventory.assets.map((asset) => [asset.id, asset]));
  const verdicts = new Map(judgements.map((judgement) => [keyOf(judgement.check, judgement.asset), judgement.verdict]));
  const hidden = whatHides(inventory);
  const canHide = hidingTest(hidden);
  return (finding, check) => {
    const asset = assets.get(finding.asset);
    if (!asset) return canHide(finding) ? 'unknown' : reasonOfAbsence(finding, inventory);
    if (isImageRule(check.id))
      return verdicts.has(keyOf(ledgerCheckOf(check.id), asset.id)) && asset.unread.length === 0 ? undefined : 'unknown';
    const verdict = verdicts.get(keyOf(check.id, asset.id));
    if (verdict === undefined || verdict.status === 'unknown') return 'unknown';
    return verdict.status === 'fail' && isPartlyUnread(finding, check, asset) ? 'unknown' : undefined;
  };
}

const keyOf = (check: string, asset: AssetId): string => `${check}\n${asset}`;

function hidingTest({ types, everything }: Hidden): (finding: Finding) => boolean {
  const hidden = new Map<AssetType, Set<ScopeId>>();
  for (const { type, scope } of types) hidden.set(type, (hidden.get(type) ?? new Set()).add(scope));
  return ({ assetType, scope }) =>
    [...(hidden.get(assetType) ?? [])].some((from) => reaches(from, scope)) ||
    everything.some((from) => from.scope === scope || (regionOf(from.scope) === 'global' && accountOf(from.scope) === accountOf(scope)));
}

/** The asset is not there and no gap hides it: either it is gone, or nobody asked. */
function reasonOfAbsence({ scope, assetType }: Finding, { asked, interrupted }: Inventory): Why | undefined {
  const wasAsked = asked.some((row) => row.scope === scope && row.type === assetType);
  const wouldHaveBeenFound = asked.some((row) => accountOf(row.scope) === accountOf(scope) && row.leadsTo.includes(assetType));
  if (wasAsked) return undefined;
  if (interrupted) return 'unknown';
  const inSelectedScope = !isRegion(regionOf(scope)) || asked.some((row) => row.scope === scope);
  return wouldHaveBeenFound && inSelectedScope ? undefined : 'not-selected';
}

/** One failing element settles a verdict while others may be unread: their findings are not gone. */
function isPartlyUnread({ locations }: Finding, { each }: Check, asset: Asset): boolean {
  const paths = [...(each ? [each.path].flat() : []), ...locations.map(({ path }) => path)];
  return paths.some((path) => unreadNear(asset, path) !== undefined);
}

function clockOf(report: Report): (scope: ScopeId) => string {
  const times = new Map(report.scopes.map(({ id, collectedAt }) => [id, collectedAt]));
  const latest =
    report.scopes
      .map(({ collectedAt }) => collectedAt)
      .sort(byCodeUnit)
      .at(-1) ?? '';
  return (scope) => times.get(scope) ?? latest;
}

function whatTheySpeakOf(carried: readonly Finding[], previous: Report, inventory: Inventory, checks: readonly Check[]): CarriedFrom {
  const rules = new Set(carried.map(({ rule }) => rule));
  const ids = new Set(carried.map(({ asset }) => asset));
  for (const { id } of checks) rules.delete(id);
  for (const { id } of inventory.assets) ids.delete(id);
  const known = <T extends { readonly id: string }>(now: readonly T[], before: readonly T[]): readonly T[] => [
    ...new Map([...before, ...now].map((item) => [item.id, item])).values(),
  ];
  return {
    checks: sortedBy(
      known(previous.checks, previous.carriedFrom?.checks ?? []).filter(({ id }) => rules.has(id)),
      ({ id }) => id,
    ),
    assets: sortedBy(
      known(previous.assets, previous.carriedFrom?.assets ?? []).filter(({ id }) => ids.has(id)),
      ({ id }) => id,
    ),
  };
}

function warningsOf(carried: readonly Finding[]): readonly Warning[] {
  const unread = carried.filter((finding) => finding.carried?.why === 'unknown').length;
  const others = carried.length - unread;
  const parts = [
    ...(unread > 0 ? [`${unread} because their place could not be read`] : []),
    ...(others > 0 ? [`${others} because their scope or check was not selected`] : []),
  ];
  if (parts.length === 0) return [];
  return [{ kind: 'carrying', text: `carried over from the previous report: ${parts.join(', ')}` }];
}
