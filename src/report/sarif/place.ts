import type { Asset } from '../../model/asset.ts';
import { factAt } from '../../model/fact-path.ts';
import type { AssetId } from '../../model/ids.ts';
import { isJsonObject } from '../../model/json.ts';
import { byCodeUnit } from '../../model/order.ts';
import type { Finding, Report } from '../../model/report.ts';
import type { ImageLocation } from '../../model/secret-match.ts';
import type { Evidence } from '../../model/verdict.ts';
import { sarifUri } from '../escape/sarif.ts';
import type { Region } from './evidence-file.ts';
import { evidenceFile, evidencePath } from './evidence-file.ts';
import { imageLogicalLocations, imageRegion, imageUri } from './image-place.ts';

export interface Subject extends Pick<Finding, 'rule' | 'asset' | 'assetType' | 'assetName' | 'scope' | 'locations'> {
  readonly evidence: readonly Evidence[];
}

export interface Placed {
  readonly uri: string;
  readonly region: Region;
  /** What the place belongs to, beyond the asset: image and layer. */
  readonly logical?: readonly object[];
  /** Further places of the same. */
  readonly others?: readonly Omit<Placed, 'others' | 'file'>[];
  /** The evidence file, the first time that an asset is spoken of. */
  readonly file?: { readonly path: string; readonly text: string };
}

export interface PlaceOptions {
  readonly evidenceDir?: string;
  readonly anchor?: string;
}

/**
 * Gives every result a relative file and a line of its own: services tell results apart by rule, file and line.
 * Remembers which assets have their file already, and the lines that the last rule and asset have taken, nothing else.
 */
export function makePlacer(head: Omit<Report, 'findings'>, { evidenceDir, anchor }: PlaceOptions): (subject: Subject) => Placed {
  const assets = new Map<AssetId, Asset>([...(head.carriedFrom?.assets ?? []), ...head.assets].map((asset) => [asset.id, asset]));
  const ordinals = anchor === undefined ? undefined : new Map([...assets.keys()].sort(byCodeUnit).map((id, at) => [id, at + 1]));
  const written = new Set<AssetId>();
  let last = { key: '', used: new Set<number>(), inImages: new Map<string, Set<number>>() };
  let file:
    | { readonly asset: AssetId; readonly path: string; readonly uri: string; readonly content: ReturnType<typeof evidenceFile> }
    | undefined;

  return (subject) => {
    const key = `${subject.rule}\n${subject.asset}`;
    if (key !== last.key) last = { key, used: new Set(), inImages: new Map() };
    if (anchor !== undefined) {
      const startLine = ordinals?.get(subject.asset) ?? 1;
      const startColumn = last.used.size + 1;
      last.used.add(startColumn);
      return { uri: sarifUri(anchor), region: { startLine, startColumn, endLine: startLine, endColumn: startColumn + 1 } };
    }
    const inImage = subject.locations.filter((location) => location.kind === 'image');
    if (inImage.length > 0) return imagePlaced(inImage, last.inImages);
    const asset = assets.get(subject.asset) ?? withoutFacts(subject);
    if (file?.asset !== asset.id) {
      const path = evidencePath(evidenceDir ?? 'aispm-evidence', subject);
      file = { asset: asset.id, path, uri: sarifUri(path), content: evidenceFile(asset) };
    }
    const wanted = file.content.regionOf(pathOf(subject, asset));
    const line = firstUnused(wanted.startLine, last.used);
    last.used.add(line);
    const fresh = evidenceDir !== undefined && !written.has(asset.id);
    if (fresh) written.add(asset.id);
    return {
      uri: file.uri,
      region: line === wanted.startLine ? wanted : { startLine: line, startColumn: 1, endLine: line, endColumn: 2 },
      ...(fresh && { file: { path: file.path, text: file.content.text } }),
    };
  };
}

/** Portals show the first place alone; a hundred is what GitHub shows of the others. */
const mostPlaces = 100;

function imagePlaced(locations: readonly ImageLocation[], usedIn: Map<string, Set<number>>): Placed {
  const [first, ...others] = locations.slice(0, mostPlaces).map((at) => ({
    uri: imageUri(at),
    region: imageRegion(at),
    logical: imageLogicalLocations(at),
  })) as [Omit<Placed, 'others'>, ...Omit<Placed, 'others'>[]]; // the caller has looked
  // Two keys in one binary file would both stand at line 1.
  const used = usedIn.get(first.uri) ?? new Set();
  usedIn.set(first.uri, used);
  const line = firstUnused(first.region.startLine, used);
  used.add(line);
  const region = line === first.region.startLine ? first.region : { startLine: line, startColumn: 1, endLine: line, endColumn: 2 };
  return { ...first, region, others };
}

/** The fact that the result is about: the found key itself, else what the first evidence of this asset speaks of. */
function pathOf({ evidence, locations }: Subject, asset: Asset): string {
  const [location] = locations;
  if (location?.kind === 'fact') {
    const value = factAt(asset.facts, location.path);
    const secrets = isJsonObject(value) && Array.isArray(value['secrets']) ? (value['secrets'] as readonly unknown[]) : [];
    const index = secrets.findIndex((secret) => isJsonObject(secret) && secret['variable'] === location.variable);
    return index < 0 ? location.path : `${location.path}.secrets[${index}]`;
  }
  return evidence.find((item) => item.asset === undefined)?.path ?? '';
}

function firstUnused(line: number, used: ReadonlySet<number>): number {
  let free = line;
  while (used.has(free)) free++;
  return free;
}

/** An asset that no report holds any more: its file says who it was. */
function withoutFacts({ asset, assetType, assetName, scope }: Subject): Asset {
  return { id: asset, type: assetType, name: assetName, scope, facts: {}, unread: [], hiddenEdges: [] };
}
