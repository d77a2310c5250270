import type { Asset, Why } from '../../model/asset.ts';
import type { Check } from '../../model/check.ts';
import { accountOf, providerOf, regionOf } from '../../model/finding-order.ts';
import type { Gap } from '../../model/gap.ts';
import type { AssetId, AssetType, CheckId, GapId, LimitId, ScopeId } from '../../model/ids.ts';
import type { Asked, Inventory } from '../../model/inventory.ts';
import { byCodeUnit, sortedBy } from '../../model/order.ts';
import { overlaps } from '../../model/place.ts';
import type { LedgerRow } from '../../model/report.ts';
import type { Judgement, VerdictStatus } from '../../model/verdict.ts';

/**
 * One row per check × scope: what was judged, and what could not be seen. A row stands wherever an asset of the check's
 * types was judged, was asked for, or could have been hidden, so that "nothing found" and "nothing seen" never look alike.
 */
export function makeLedger(inventory: Inventory, checks: readonly Check[], judgements: readonly Judgement[]): readonly LedgerRow[] {
  const hidden = whatHides(inventory);
  const rows = new Map<string, Row>();
  const row = (check: CheckId, scope: ScopeId): Row => {
    const key = `${check}\n${scope}`;
    const known = rows.get(key);
    if (known) return known;
    const fresh = { check, scope, counts: { ...none }, gaps: new Set<GapId>(), limits: new Set<LimitId>() };
    rows.set(key, fresh);
    return fresh;
  };

  const byType = checksByType(checks);
  for (const asked of inventory.asked) {
    for (const check of byType.get(asked.type) ?? []) {
      const { gaps, limits } = row(check, asked.scope);
      for (const gap of asked.gaps) gaps.add(gap);
      for (const limit of asked.limits) limits.add(limit);
    }
  }
  for (const { type, scope, why } of hidden.types) {
    for (const check of byType.get(type) ?? []) note(row(check, scope), why);
  }
  for (const { gap, scope } of hidden.everything) {
    for (const check of checks) {
      if (check.assets.some((type) => type.startsWith(`${providerOf(scope)}.`))) row(check.id, scope).gaps.add(gap);
    }
  }
  countVerdicts(inventory.assets, judgements, row);
  return sortedBy(
    [...rows.values()].map(finish),
    ({ check }) => check,
    ({ scope }) => scope,
  );
}

interface Row {
  readonly check: CheckId;
  readonly scope: ScopeId;
  readonly counts: Record<VerdictStatus, number>;
  readonly gaps: Set<GapId>;
  readonly limits: Set<LimitId>;
}

const none: Readonly<Record<VerdictStatus, number>> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, manual: 0 };

function checksByType(checks: readonly Check[]): ReadonlyMap<AssetType, readonly CheckId[]> {
  const byType = new Map<AssetType, CheckId[]>();
  for (const { id, assets } of checks) {
    for (const type of assets) {
      const known = byType.get(type);
      if (known) known.push(id);
      else byType.set(type, [id]);
    }
  }
  return byType;
}

function countVerdicts(assets: readonly Asset[], judgements: readonly Judgement[], row: (check: CheckId, scope: ScopeId) => Row): void {
  const scopes = new Map<AssetId, ScopeId>(assets.map(({ id, scope }) => [id, scope]));
  for (const { check, asset, verdict } of judgements) {
    const scope = scopes.get(asset);
    if (scope === undefined) throw new Error(`a verdict of ${check} is about an asset that the inventory does not hold`);
    const { counts, gaps, limits } = row(check, scope);
    counts[verdict.status]++;
    if (verdict.status !== 'unknown') continue;
    for (const reason of verdict.because) note({ gaps, limits }, reason);
  }
}

function note(row: Pick<Row, 'gaps' | 'limits'>, reason: object): void {
  if ('gap' in reason) row.gaps.add(reason.gap as GapId); // both Why and Unknown type it so
  if ('limit' in reason) row.limits.add(reason.limit as LimitId);
}

function finish({ check, scope, counts, gaps, limits }: Row): LedgerRow {
  return {
    check,
    scope,
    pass: counts.pass,
    fail: counts.fail,
    unknown: counts.unknown,
    notApplicable: counts['not-applicable'],
    manual: counts.manual,
    gaps: [...gaps].sort(byCodeUnit),
    limits: [...limits].sort(byCodeUnit),
  };
}

/** What could hide assets: a type in a scope, or everything in a scope that could not be entered. */
export interface Hidden {
  readonly types: readonly { readonly type: AssetType; readonly scope: ScopeId; readonly why: Why }[];
  readonly everything: readonly { readonly gap: GapId; readonly scope: ScopeId }[];
}

/**
 * A cut listing hides assets of its type, and of every type that those could have led to; an unread fact that an edge
 * comes from hides assets of the edge's target. Both go on along the edges that the target types have. A gap that belongs
 * to no type (a refused sign-in, an unlisted region) hides everything in its account, or in its region if it names one.
 */
export function whatHides(inventory: Inventory): Hidden {
  const leadsTo = typesLedTo(inventory.asked);
  const scopesOf = scopesOfTypes(inventory);
  const types = new Map<string, Hidden['types'][number]>();
  const hide = (from: AssetType, at: ScopeId, why: Why): void => {
    for (const type of leadsTo(from)) {
      const known = (scopesOf.get(type) ?? []).filter((scope) => reaches(at, scope));
      for (const scope of known.length > 0 ? known : [at]) types.set(JSON.stringify([type, scope, why]), { type, scope, why });
    }
  };
  for (const { scope, type, gaps, listingCut } of inventory.asked) {
    if (!listingCut) continue;
    for (const gap of gaps) hide(type, scope, { gap });
  }
  for (const { scope, hiddenEdges } of inventory.assets) {
    for (const { to, why } of hiddenEdges) hide(to, scope, why);
  }
  return { types: [...types.values()], everything: homeless(inventory) };
}

/** An edge leads to assets of the same region, or to those of its account or site that belong to no region; from the latter, anywhere in the account or site. */
export function reaches(from: ScopeId, to: ScopeId): boolean {
  return accountOf(from) === accountOf(to) && overlaps(regionOf(from), regionOf(to));
}

/** Type → itself and every type that can be reached from it along declared edges. */
function typesLedTo(asked: readonly Asked[]): (type: AssetType) => readonly AssetType[] {
  const direct = new Map<AssetType, Set<AssetType>>();
  for (const { type, leadsTo } of asked) {
    const targets = direct.get(type) ?? new Set();
    for (const target of leadsTo) targets.add(target);
    direct.set(type, targets);
  }
  const known = new Map<AssetType, readonly AssetType[]>();
  return (type) => {
    const done = known.get(type);
    if (done) return done;
    const reached = new Set([type]);
    for (const next of reached) for (const target of direct.get(next) ?? []) reached.add(target);
    const all = [...reached];
    known.set(type, all);
    return all;
  };
}

function scopesOfTypes({ asked, assets }: Inventory): ReadonlyMap<AssetType, readonly ScopeId[]> {
  const scopes = new Map<AssetType, Set<ScopeId>>();
  for (const { type, scope } of [...asked, ...assets]) {
    const known = scopes.get(type);
    if (known) known.add(scope);
    else scopes.set(type, new Set([scope]));
  }
  return new Map([...scopes].map(([type, known]) => [type, [...known]]));
}

/** Gaps that no type, asset or edge refers to: nobody would see them in the ledger otherwise. */
function homeless({ asked, assets, gaps }: Inventory): Hidden['everything'] {
  const referred = new Set<GapId>(asked.flatMap((row) => row.gaps));
  for (const { unread, hiddenEdges } of assets) {
    for (const { why } of [...unread, ...hiddenEdges]) if ('gap' in why) referred.add(why.gap);
  }
  const asksIn = new Map<string, Set<ScopeId>>();
  for (const { scope } of asked) {
    const account = accountOf(scope);
    asksIn.set(account, (asksIn.get(account) ?? new Set()).add(scope));
  }
  return gaps.filter(({ id }) => !referred.has(id)).flatMap((gap) => scopesOfGap(gap, asksIn).map((scope) => ({ gap: gap.id, scope })));
}

function scopesOfGap(gap: Gap, asksIn: ReadonlyMap<string, ReadonlySet<ScopeId>>): readonly ScopeId[] {
  const entered = [...(asksIn.get(accountOf(gap.scope)) ?? [])];
  return regionOf(gap.scope) === 'global' && entered.length > 0 ? [...new Set([...entered, gap.scope])] : [gap.scope];
}
