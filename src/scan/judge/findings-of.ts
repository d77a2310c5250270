import type { Asset } from '../../model/asset.ts';
import type { Check } from '../../model/check.ts';
import { factAt, withoutIndexes } from '../../model/fact-path.ts';
import type { Json } from '../../model/json.ts';
import { isJsonObject } from '../../model/json.ts';
import { byCodeUnit, sortedBy } from '../../model/order.ts';
import { type Finding, subjectOf } from '../../model/report.ts';
import type { FactLocation, Inspected, InspectedSecret } from '../../model/secret-match.ts';
import type { Evidence } from '../../model/verdict.ts';
import { fingerprintOf } from '../../model/fingerprint.ts';
import { renderFix } from './render-fix.ts';

/**
 * The findings of one failing verdict: one for each failing element where the check says `each`, one for each variable
 * where keys were found in an inspected value, else one.
 */
export function findingsOf(check: Check, asset: Asset, evidence: readonly Evidence[]): readonly Finding[] {
  const places = new Map<string, { evidence: Evidence[]; locations: FactLocation[]; element?: string }>();
  const place = (name: string) => {
    const known = places.get(name);
    if (known) return known;
    const fresh: { evidence: Evidence[]; locations: FactLocation[]; element?: string } = { evidence: [], locations: [] };
    places.set(name, fresh);
    return fresh;
  };
  const general: Evidence[] = [];
  for (const item of evidence) {
    const keys = keysBehind(item, asset);
    if (keys) {
      for (const [variable, secrets] of Object.entries(keys.byVariable)) {
        const { path } = keys;
        const entry = place(variable === '' ? withoutIndexes(path) : `${withoutIndexes(path)} ${variable}`);
        entry.element ??= variable;
        entry.evidence.push({ path: `${path}.secrets`, found: secrets.map(inReport), wanted: 'no key' });
        for (const { variable: name } of secrets) entry.locations.push({ kind: 'fact', asset: asset.id, path, variable: name });
      }
    } else if (check.each && item.element !== undefined) {
      const entry = place(item.element);
      entry.element = item.element;
      entry.evidence.push(item);
    } else general.push(item);
  }
  if (places.size === 0) place('');
  return [...places].map(([name, entry]) => makeFinding(check, asset, name, [...entry.evidence, ...general], entry));
}

function makeFinding(
  check: Check,
  asset: Asset,
  place: string,
  evidence: readonly Evidence[],
  { locations, element }: { readonly locations: readonly FactLocation[]; readonly element?: string },
): Finding {
  return {
    fingerprint: fingerprintOf(check.id, asset.id, place),
    rule: check.id,
    ...(check.formerly.length > 0 && { formerly: check.formerly.map((rule) => fingerprintOf(rule, asset.id, place)).sort(byCodeUnit) }),
    ...subjectOf(asset),
    place,
    severity: check.severity,
    title: check.title,
    evidence: unique(evidence),
    locations: sortedBy(
      unique(locations),
      ({ path }) => path,
      ({ variable }) => variable,
    ),
    fix: renderFix(check.fix, asset, element),
  };
}

/**
 * The keys that a piece of evidence speaks of, by variable: those of `X.secrets`, or one of them for `X.secrets[2].…`.
 * Absent if the evidence is about no inspected value.
 */
function keysBehind(
  { path }: Evidence,
  asset: Asset,
): { readonly path: string; readonly byVariable: { readonly [variable: string]: readonly InspectedSecret[] } } | undefined {
  const [, inspectedPath, index] = /^(.*?)\.?secrets(?:\[(\d*)\])?(?:\..*)?$/.exec(path) ?? [];
  if (inspectedPath === undefined) return undefined;
  const value = inspectedPath === '' ? asset.facts : factAt(asset.facts, inspectedPath);
  if (!isInspected(value)) return undefined;
  const secrets = index === undefined || index === '' ? value.secrets : value.secrets.slice(Number(index), Number(index) + 1);
  if (secrets.length === 0) return undefined;
  const byVariable: Record<string, InspectedSecret[]> = Object.create(null) as Record<string, InspectedSecret[]>;
  for (const secret of secrets) (byVariable[secret.variable] ??= []).push(secret);
  return { path: inspectedPath, byVariable };
}

function isInspected(value: unknown): value is Inspected {
  return isJsonObject(value) && value.$inspected === true && Array.isArray(value.secrets);
}

/** What a finding says of a key: its kind and its masked form. */
function inReport({ detector, shown, confidence, variable }: InspectedSecret): Json {
  return { detector, shown, confidence, variable };
}

function unique<T>(items: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const text = JSON.stringify(item);
    return !seen.has(text) && seen.add(text);
  });
}
