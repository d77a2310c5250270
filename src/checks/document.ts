import type { Check, Controls, Fix } from '../model/check.ts';
import { assetType, checkId } from '../model/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { Severity } from '../model/severity.ts';
import type { VerdictStatus } from '../model/verdict.ts';

/** A check file as it stands, its id taken from its path. It has been validated against check.schema.json. */
export type CheckDocument = JsonObject & { readonly id: string };

/** The check without its examples. */
export function checkOf(document: CheckDocument): Check {
  // Each cast below is what check.schema.json has proven: bundled files by the conformance suite, a user's files when they are loaded.
  const { asset, each, manual, applies, expect, vendorControls } = document;
  return {
    id: checkId(document.id),
    title: document['title'] as string,
    severity: document['severity'] as Severity,
    assets: texts(asset).map(assetType),
    because: document['because'] as string,
    fix: document['fix'] as unknown as Fix,
    maps: (document['maps'] ?? {}) as Controls,
    relates: (document['relates'] ?? {}) as Controls,
    see: texts(document['see']),
    tags: texts(document['tags']),
    ...(manual !== undefined && { manual: manual as { where: string } }),
    ...(each !== undefined && { each: each as NonNullable<Check['each']> }),
    params: (document['params'] ?? {}) as Check['params'],
    formerly: texts(document['formerly']),
    ...(isJsonObject(vendorControls) && { vendorControls }),
    ...(applies !== undefined && { applies }),
    ...(expect !== undefined && { expect }),
  };
}

export interface ExampleUnread {
  readonly prefix: string;
  readonly except?: readonly string[];
}

export interface ExampleTarget {
  readonly type: string;
  readonly facts?: JsonObject;
  readonly unread?: readonly (string | ExampleUnread)[];
  readonly edges?: ExampleEdges;
  readonly hidden?: ExampleHidden;
  readonly dangling?: true;
  readonly unseen?: true;
}

type ExampleEdges = { readonly [kind: string]: readonly ExampleTarget[] };
type ExampleHidden = { readonly [kind: string]: readonly string[] };

/** One asset and what surrounds it, with the verdict that must come out. */
export interface Example {
  /** `fail[0]`: the list it stands in, and its place there. */
  readonly label: string;
  readonly verdict: VerdictStatus;
  readonly asset?: string;
  readonly facts: JsonObject;
  readonly unread?: readonly (string | ExampleUnread)[];
  readonly edges?: ExampleEdges;
  readonly hidden?: ExampleHidden;
  readonly scope?: { readonly [type: string]: number | 'cut' };
  readonly at?: string;
  readonly params?: JsonObject;
  readonly elements?: readonly string[];
}

export function examplesOf(document: CheckDocument): readonly Example[] {
  const { examples } = document;
  if (!isJsonObject(examples)) return [];
  return Object.entries(examples).flatMap(([verdict, list]) =>
    (list as readonly JsonObject[]).map((example, i) => ({ ...example, label: `${verdict}[${i}]`, verdict }) as unknown as Example),
  );
}

function texts(value: Json | undefined): readonly string[] {
  if (value === undefined) return [];
  return (typeof value === 'string' ? [value] : value) as readonly string[];
}
