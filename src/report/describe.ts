import type { Asset } from '../model/asset.ts';
import { regionOf } from '../model/finding-order.ts';
import type { GapReason, LimitReason } from '../model/gap.ts';
import type { AssetId } from '../model/ids.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import { type FindingSubject, type RenderedFix, subjectOf } from '../model/report.ts';
import type { Evidence } from '../model/verdict.ts';
import { canonical } from './escape/json.ts';
import { shellLine } from './escape/shell.ts';

/** What the cloud answered, and what was wanted; of keys it goes without saying. Not escaped: whoever prints it does that for the place. */
export function evidenceInWords({ path, found, wanted }: Evidence): string {
  const said = `${path === '' ? 'it' : path} ${foundInWords(found)}`;
  return keysIn(found).length > 0 || warningsIn(found) !== undefined ? said : `${said}, wanted: ${wanted}`;
}

function foundInWords(found: Json | undefined): string {
  if (found === undefined) return 'is absent';
  const keys = keysIn(found);
  if (keys.length > 0) return `holds ${keys.map(keyInWords).join(', ')}`;
  const warnings = warningsIn(found);
  if (warnings !== undefined) return `needs a look: ${warnings.join('; ')}`;
  const text = JSON.stringify(canonical(found));
  return `is ${text.length > 160 ? `${text.slice(0, 160)}…` : text}`;
}

/** The keys, where what was found is nothing but keys. */
function keysIn(found: Json | undefined): readonly ShownKey[] {
  const all = Array.isArray(found) ? (found as readonly Json[]) : [];
  return all.every(isKey) ? all : [];
}

/** Of a model file: what loading it does. */
function warningsIn(found: Json | undefined): readonly string[] | undefined {
  const warnings = isJsonObject(found) ? found['warnings'] : undefined;
  return Array.isArray(warnings) ? warnings.map(String) : undefined;
}

/** A key as a finding shows it: its kind and its masked form. */
interface ShownKey extends JsonObject {
  readonly detector: string;
  readonly confidence: string;
  readonly shown: string;
  readonly variable: string;
}

function isKey(value: Json): value is ShownKey {
  return isJsonObject(value) && ['detector', 'confidence', 'shown', 'variable'].every((name) => typeof value[name] === 'string');
}

function keyInWords({ detector, confidence, shown, variable }: ShownKey): string {
  return `a key (${detector}, ${confidence}): ${shown}${variable === '' ? '' : ` in ${variable}`}`;
}

/** `"support-bot" in us-east-1`, or without the region for what belongs to none. */
export function whereInWords({ assetName, asset, scope }: Pick<FindingSubject, 'assetName' | 'asset' | 'scope'>): string {
  const region = regionOf(scope);
  return `"${assetName === '' ? asset : assetName}"${region === 'global' ? '' : ` in ${region}`}`;
}

/** The same of an asset of the report, with its type; of one that the report does not hold, the id. */
export function assetInWords(id: AssetId, asset: Asset | undefined): string {
  return asset === undefined ? id : `${asset.type} ${whereInWords(subjectOf(asset))}`;
}

export interface FixLine {
  /** Ready for a POSIX shell but for its `<…>` placeholders; absent if no line can show the command truthfully. */
  readonly line?: string;
  readonly note?: string;
}

/** One line for each step, with `<name>` for what only the user can decide. */
export function fixLines(steps: RenderedFix['steps']): readonly FixLine[] {
  return steps.map(({ run, note }) => {
    const line = shellLine(run.map((argument) => argument.replaceAll(/\{input\.([^{}]+)\}/g, '<$1>')));
    return {
      ...(line !== undefined && { line }),
      ...(line === undefined ? { note: 'this command holds characters that no shell line can show' } : note !== undefined && { note }),
    };
  });
}

export const reasonInWords: { readonly [R in GapReason]: string } = {
  denied: 'refused',
  throttled: 'throttled',
  unavailable: 'not reachable',
  malformed: 'answered badly',
  'too-large': 'too large',
  unsupported: 'not supported',
  interrupted: 'interrupted',
};

export const limitInWords: { readonly [R in LimitReason]: string } = {
  'not-in-region': 'does not exist in this region',
  'not-activated': 'is not activated',
  'by-design': 'is not inspected by design',
};
