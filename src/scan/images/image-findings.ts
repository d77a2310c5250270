import type { Asset } from '../../model/asset.ts';
import type { Check } from '../../model/check.ts';
import { fingerprintOf } from '../../model/fingerprint.ts';
import type { AssetId } from '../../model/ids.ts';
import { imageKeysCheck, repositoryType, ruleOfDetector } from '../../model/image-rule.ts';
import type { Inventory } from '../../model/inventory.ts';
import { byCodeUnit, sortedBy } from '../../model/order.ts';
import { type Finding, subjectOf } from '../../model/report.ts';
import type { ImageLocation, SecretMatch } from '../../model/secret-match.ts';
import type { Evidence, Judgement } from '../../model/verdict.ts';
import { bySureness, ruleOfUnknownDetector, severityOfConfidence } from './image-rules.ts';
import { rebuildAdvice } from './rebuild-advice.ts';
import { renderFix } from '../judge/render-fix.ts';
import { groupedBy } from '../../model/grouped-by.ts';

type ImageMatch = SecretMatch & { readonly at: ImageLocation };

/** A finding shows this many places in words; all of them are its locations. */
const placesInWords = 5;

/**
 * One finding per key and repository, whatever the number of layers, tags, platforms and paths that hold it: these are its
 * locations, so that a rebuild opens no new alert. A key too short for a digest is known by its path.
 */
export function imageFindings({ assets, secrets }: Pick<Inventory, 'assets' | 'secrets'>, rules: readonly Check[]): readonly Finding[] {
  const repositories = new Map<AssetId, Asset>(assets.filter(({ type }) => type === repositoryType).map((asset) => [asset.id, asset]));
  const ruleById = new Map<string, Check>(rules.map((rule) => [rule.id, rule]));
  const keys = groupedBy(secrets.filter(isInImage), (match) =>
    JSON.stringify([match.at.asset, placeOfKey(match), match.digest === undefined ? match.detector : '']),
  );
  return [...keys.values()].flatMap((matches) => {
    const asset = repositories.get(matches[0].at.asset);
    return asset === undefined ? [] : [findingOf(asset, matches, ruleById)];
  });
}

/** Whether a repository holds keys: `fail` with any, `pass` without where everything was read, else unknown with the gaps. */
export function imageJudgements({ assets, secrets }: Pick<Inventory, 'assets' | 'secrets'>): readonly Judgement[] {
  const holds = new Set(secrets.filter(isInImage).map(({ at }) => at.asset));
  return assets.flatMap((asset): readonly Judgement[] => {
    if (asset.type !== repositoryType) return [];
    const judged = { check: imageKeysCheck, asset: asset.id };
    if (holds.has(asset.id)) return [{ ...judged, verdict: { status: 'fail', evidence: [] } }];
    // Keys are searched in every byte, whatever is known of the file that it belongs to.
    const because = asset.unread.filter(({ prefix }) => prefix !== '$components').map(({ why }) => why);
    return [{ ...judged, verdict: because.length === 0 ? { status: 'pass', evidence: [] } : { status: 'unknown', because } }];
  });
}

function isInImage(match: SecretMatch): match is ImageMatch {
  return match.at.kind === 'image';
}

const placeOfKey = ({ publicDigest, digest, at }: ImageMatch): string => publicDigest ?? digest ?? at.path;

/** The same key can be named differently where it stands: the surest name holds, a shared one only if there is no other. */
function findingOf(asset: Asset, matches: readonly ImageMatch[], ruleById: ReadonlyMap<string, Check>): Finding {
  const sorted = [...matches].sort(
    (a, b) =>
      bySureness(a.confidence, b.confidence) ||
      Number(a.detector.startsWith('shared.')) - Number(b.detector.startsWith('shared.')) ||
      byCodeUnit(a.detector, b.detector) ||
      byPlace(a, b),
  );
  const [surest] = sorted as [ImageMatch, ...ImageMatch[]]; // imageFindings groups at least one
  const rule = ruleById.get(ruleOfDetector(surest.detector)) ?? ruleOfUnknownDetector(surest);
  const place = placeOfKey(surest);
  const placed = [...matches].sort(byPlace);
  return {
    fingerprint: fingerprintOf(rule.id, asset.id, place),
    rule: rule.id,
    ...subjectOf(asset),
    place,
    severity: severityOfConfidence[surest.confidence],
    title: rule.title,
    evidence: placed.slice(0, placesInWords).map((match) => evidenceOf(match, placed.length)),
    locations: sortedBy(
      distinct(placed.map(({ at }) => at)),
      (at) => rankOf(at),
      ({ path }) => path,
      (at) => JSON.stringify(at),
    ),
    fix: fixOf(rule, asset, placed),
  };
}

function fixOf(rule: Check, asset: Asset, placed: readonly ImageMatch[]): Finding['fix'] {
  const fix = renderFix(rule.fix, asset);
  return { ...fix, do: [fix.do, ...rebuildAdvice(placed.map(({ at }) => at))].join(' ') };
}

/** What is still visible comes first, then what lies in a layer: that is where a reader can look. */
function byPlace({ at: a }: ImageMatch, { at: b }: ImageMatch): number {
  return byCodeUnit(rankOf(a), rankOf(b)) || byCodeUnit(a.path, b.path) || byCodeUnit(JSON.stringify(a), JSON.stringify(b));
}

const rankOf = ({ visible, part }: ImageLocation): string => `${visible === 'final' ? 0 : 1}${part === 'layer' ? 0 : 1}`;

function evidenceOf({ detector, shown, confidence, at }: ImageMatch, places: number): Evidence {
  const more = places > placesInWords ? ` (one of ${places} places)` : '';
  return {
    path: at.path === '' ? at.part : at.path,
    found: [{ detector, shown, confidence, variable: `${placeInWords(at)}${more}` }],
    wanted: 'no key',
  };
}

/** `line 7, column 5 of layer 3 in 1.2, latest (linux/amd64), deleted by a later layer, made by RUN pip install …`. */
export function placeInWords(at: ImageLocation): string {
  const names = at.tags.length > 0 ? at.tags : at.manifests;
  const platforms = at.platforms.length === 0 ? '' : ` (${at.platforms.join(', ')})`;
  const column = at.column === undefined ? '' : `, column ${at.column}`;
  const line = at.line === undefined ? (at.offset === undefined ? '' : `byte ${at.offset} of `) : `line ${at.line}${column} of `;
  const part = at.part === 'layer' && at.layerIndex !== undefined ? `layer ${at.layerIndex + 1}` : at.part;
  const state = at.visible === 'deleted' ? ', deleted or replaced by a later layer' : '';
  const origin = at.origin === undefined ? '' : at.origin === 'base' ? ', from the base image' : ", from the image's own build";
  const madeBy = at.madeBy === undefined ? '' : `, made by ${at.madeBy}`;
  return `${line}${part} in ${names.join(', ')}${platforms}${state}${origin}${madeBy}`;
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
