import type { Finder } from '../find.ts';
import type { Leaf } from './leaves.ts';
import type { Named } from '../verify/resolve.ts';

/** A match, or the other half of a pair, in one leaf. Offsets are bytes of the leaf's text; negative in its name. */
export interface Hit {
  readonly leaf: Leaf;
  readonly start: number;
  readonly end: number;
  readonly match: Named;
  readonly isPartner: boolean;
}

/**
 * All leaves are searched as one text, one `name=value` after the other: so each value has its name as context,
 * and halves of a pair that stand in neighbouring members find each other.
 */
export function hitsIn(leaves: readonly Leaf[], finder: Pick<Finder, 'find'>): readonly Hit[] {
  const { bytes, lineStarts, textStarts } = joined(leaves);
  const hits = finder.find(bytes).flatMap((match): readonly Hit[] => {
    const at = (start: number, end: number, isPartner: boolean): Hit => {
      const index = lastAtMost(lineStarts, start);
      const origin = textStarts[index] as number;
      const leaf = leaves[index] as Leaf; // a match starts inside a line, and each line is a leaf
      return { leaf, start: start - origin, end: end - origin, match, isPartner };
    };
    const { partner } = match;
    return [at(match.start, match.end, false), ...(partner ? [at(partner.start, partner.end, true)] : [])];
  });
  return withoutRepeats(hits);
}

function joined(leaves: readonly Leaf[]): {
  readonly bytes: Buffer;
  readonly lineStarts: readonly number[];
  readonly textStarts: readonly number[];
} {
  const lines: Buffer[] = [];
  const lineStarts: number[] = [];
  const textStarts: number[] = [];
  let length = 0;
  for (const { name, text } of leaves) {
    const head = Buffer.from(name === '' ? '\n' : `\n${name}=`, 'utf8');
    const body = Buffer.from(text, 'utf8');
    lines.push(head, body);
    lineStarts.push(length);
    textStarts.push(length + head.length);
    length += head.length + body.length;
  }
  return { bytes: Buffer.concat(lines), lineStarts, textStarts };
}

/** What was found in the members of a JSON text is not told again of the text. */
function withoutRepeats(hits: readonly Hit[]): readonly Hit[] {
  const inMembers = new Set(hits.flatMap(({ leaf, match }) => (leaf.isOpened ? [] : (match.digest ?? []))));
  return hits.filter(({ leaf, match }) => !leaf.isOpened || (match.digest !== undefined && !inMembers.has(match.digest)));
}

/** Index of the last start that is at or before `at`. */
function lastAtMost(starts: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
