import type { Asset } from '../../model/asset.ts';
import type { Json } from '../../model/json.ts';
import { isJsonObject } from '../../model/json.ts';
import { byCodeUnit } from '../../model/order.ts';
import type { Finding } from '../../model/report.ts';
import { distinctSlug, slug } from '../escape/sarif.ts';
import { jsonLine } from '../escape/json.ts';

export interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface EvidenceFile {
  readonly text: string;
  /** Line of a fact path, or of the nearest path above it that is there. */
  readonly regionOf: (path: string) => Region;
  readonly lines: number;
}

/** Where the evidence of an asset stands, relative to the report: no name in it can make the path invalid or long. */
export function evidencePath(dir: string, finding: Pick<Finding, 'asset' | 'assetType' | 'assetName' | 'scope'>): string {
  const [provider = '', account = '', region = ''] = finding.scope.split('/');
  const service = finding.assetType.split('.')[1] ?? '';
  return [dir, ...[provider, account, region, service].map(slug), `${distinctSlug(finding.assetName, finding.asset)}.json`].join('/');
}

/** What was read of an asset, one member a line and sorted, with the line of each. Facts hold no secret. */
export function evidenceFile(asset: Asset): EvidenceFile {
  const lines: string[] = [];
  const places = new Map<string, number>();
  const printed: Printed = { lines, places };
  const { id, name, type, scope, unread, facts } = asset;
  const document = { id, name, type, scope, facts, ...(unread.length > 0 && { unread: unread.map((entry) => ({ ...entry })) }) };
  print(document, '', '', '', '', printed);
  return {
    text: `${lines.join('\n')}\n`,
    lines: lines.length,
    regionOf: (path) => {
      const line = places.get(nearest(path === '' ? 'facts' : `facts.${path}`, places)) ?? 1;
      const text = lines[line - 1] ?? '';
      return { startLine: line, startColumn: text.length - text.trimStart().length + 1, endLine: line, endColumn: text.length + 1 };
    },
  };
}

interface Printed {
  readonly lines: string[];
  readonly places: Map<string, number>;
}

function print(value: Json, path: string, indent: string, label: string, end: string, printed: Printed): void {
  const { lines, places } = printed;
  places.set(path, lines.length + 1);
  const children = childrenOf(value, path);
  if (children.length === 0) {
    lines.push(`${indent}${label}${jsonLine(value)}${end}`);
    return;
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  lines.push(`${indent}${label}${open}`);
  for (const [at, child] of children.entries())
    print(child.value, child.path, `${indent}  `, child.label, at === children.length - 1 ? '' : ',', printed);
  lines.push(`${indent}${close}${end}`);
}

interface Child {
  readonly path: string;
  readonly label: string;
  readonly value: Json;
}

function childrenOf(value: Json, path: string): readonly Child[] {
  if (Array.isArray(value)) return value.map((item: Json, at) => ({ path: `${path}[${at}]`, label: '', value: item }));
  if (!isJsonObject(value)) return [];
  return Object.keys(value)
    .sort(byCodeUnit)
    .map((name) => ({ path: path === '' ? name : `${path}.${name}`, label: `${jsonLine(name)}: `, value: value[name] ?? null }));
}

function nearest(path: string, places: ReadonlyMap<string, number>): string {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['), 0))) {
    if (places.has(at)) return at;
  }
  return '';
}
