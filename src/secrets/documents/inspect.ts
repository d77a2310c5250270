import type { Inspect, InspectOptions } from '../../model/inspect.ts';
import type { Json } from '../../model/json.ts';
import { sortedBy } from '../../model/order.ts';
import type { InspectedSecret } from '../../model/secret-match.ts';
import { decode, nestedJson } from './decode.ts';
import { type Finder, type FinderOptions, lazyFinder } from '../find.ts';
import { keepMembers } from './keep.ts';
import { type Hit, hitsIn } from './hits.ts';
import { leavesOf } from './leaves.ts';
import { maskText } from './mask-text.ts';

/** The one function that sees secret-carrying values of answers. Prepares the search on the first call. */
export function createInspect(options: FinderOptions): Inspect {
  const finder = options.finder ?? lazyFinder(options);
  return (value, about) => inspect(value, about, finder());
}

function inspect(value: Json, options: InspectOptions, finder: Finder): ReturnType<Inspect> {
  const { value: decoded, undecodable } =
    typeof value === 'string' && value !== '' ? decode(value, options.encoding) : { value, undecodable: undefined };
  const name = options.name ?? '';
  const isParsed = typeof value === 'string' && typeof decoded === 'object' && undecodable === undefined;
  const packed = isParsed ? leavesOf(textBehind(value, options), name) : leavesOf(decoded, name);
  const hits = hitsIn(packed, finder);
  return {
    inspected: {
      $inspected: true,
      present: isPresent(value),
      secrets: secretsOf(hits, name, finder),
      kept: {
        ...keepMembers(typeof decoded === 'string' ? nestedJson(decoded) : decoded, options.keep ?? [], hits, finder),
        ...options.describe?.(typeof decoded === 'string' ? decoded : JSON.stringify(decoded)),
      },
    },
    ...(undecodable !== undefined && { undecodable }),
  };
}

/** The JSON text itself is searched as well as its members: of two members with one name, JSON.parse drops the first. */
function textBehind(value: string, { encoding }: InspectOptions): string {
  if (encoding !== 'url-encoded json') return value;
  return decodeURIComponent(value);
}

function isPresent(value: Json): boolean {
  if (value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function secretsOf(hits: readonly Hit[], name: string, finder: Finder): readonly InspectedSecret[] {
  const secrets = new Map<string, InspectedSecret>();
  for (const hit of hits) {
    const { match } = hit;
    if (hit.isPartner) continue;
    const secret: InspectedSecret = {
      detector: match.rule,
      issuerCandidates: match.issuers,
      ...(match.digest !== undefined && { digest: match.digest }),
      shown: match.shown,
      confidence: match.confidence,
      why: match.why,
      variable: maskText(finder, variableOf(hit, name)),
    };
    secrets.set(JSON.stringify([secret.detector, secret.digest, secret.variable]), secret);
  }
  return sortedBy(
    [...secrets.values()],
    (secret) => secret.variable,
    (secret) => secret.detector,
    (secret) => secret.digest ?? '',
  );
}

/** Where a key stands, in words that hold when lines and list entries move. */
function variableOf({ leaf, match, start, end }: Hit, name: string): string {
  const { place } = leaf;
  const bytes = Buffer.from(leaf.text, 'utf8');
  const before = bytes.subarray(Math.max(0, start - 200), Math.max(0, start)).toString('utf8');
  const assigned = assignedName.exec(before)?.[1];
  const isWhole = start <= 0 && end >= bytes.length;
  if (isWhole) return place === '' ? name || (match.nickname ?? match.rule) : place;
  const inner = assigned ?? match.nickname ?? match.rule;
  return place === '' ? inner : `${place}.${inner}`;
}

/** `NAME=`, `"name": "`, `--name=`, `Authorization: Bearer ` right before a key. */
const assignedName = /([A-Za-z_][A-Za-z0-9_.-]{0,80})["']?[ \t]{0,8}(?:=>|:=|=|:)[ \t]{0,8}["']?(?:(?:Bearer|Basic)[ \t]{1,4})?$/;
