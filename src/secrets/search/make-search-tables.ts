import { planSieve } from './kernel/plan.ts';
import { readSample } from './kernel/sample.ts';
import { type KernelPattern, layOutTables } from './kernel/tables.ts';
import { wideBlock, wideReach } from './anchor-search.ts';
import type { Detector } from '../detectors/compile.ts';
import { type EncodedHead, encodedHeads } from '../encodings/encoded-heads.ts';
import { allPasses, leadsOf, type SoughtLead } from './lead.ts';
import { type LeadRow, type NetName, type NetSource, writeSearchTables } from './search-tables.ts';
import { groupedBy } from '../../model/grouped-by.ts';

/**
 * Works out the tables for these detectors. `rounds`: how often each pattern is put where it costs least; the more, the fewer places
 * the kernel looks at twice, and none of it changes what is found. Takes some 100 ms, and for all shipped detectors seconds.
 */
export function makeSearchTables(detectors: readonly Detector[], rounds: number): Uint8Array {
  const leads = leadsOf(detectors, allPasses);
  const placeOf = new Map(detectors.map((detector, at) => [detector, at]));
  const rowOf = ({ detector, anchor, packing, phase, skipped }: SoughtLead): LeadRow => ({
    detector: placeOf.get(detector) as number, // leads are of these detectors
    anchor: detector.anchors.indexOf(anchor),
    packing,
    phase,
    skipped,
  });
  const sample = readSample();
  const netOf = (name: NetName): NetSource => {
    const groups = alike(leads.filter(({ packing }) => packing === name || (name === 'plain and base64' && packing !== 'utf-16')));
    const heads = name === 'plain and base64' ? encodedHeads : [];
    const patterns = [...groups.map(([first]) => patternOf(first)), ...heads.map(patternOfHead)];
    const plan = planSieve(
      patterns.map(({ bytes }) => bytes),
      sampleFor(name, sample, rounds),
      rounds,
    );
    return {
      kernel: layOutTables(patterns, plan),
      patterns: [
        ...groups.map((group) => ({ bytes: group[0].bytes, leads: group.map(rowOf) })),
        ...heads.map(({ bytes }) => ({ bytes, leads: [] })),
      ],
    };
  };
  return writeSearchTables(reachOf(leads), {
    plain: netOf('plain'),
    'plain and base64': netOf('plain and base64'),
    'utf-16': netOf('utf-16'),
  });
}

/** The kernel may report a pattern when it meets its last four bytes. */
const lateness = 16;

function reachOf(leads: readonly SoughtLead[]): { readonly before: number; readonly after: number } {
  return {
    before: Math.max(wideReach, ...leads.map(({ before }) => before)) + lateness + wideBlock,
    after: Math.max(wideReach, ...leads.map(({ after, length }) => Math.max(after, length))) + wideBlock,
  };
}

type Group = readonly [SoughtLead, ...SoughtLead[]];

/** Leads that look alike share a pattern. */
function alike(leads: readonly SoughtLead[]): readonly Group[] {
  return [...groupedBy(leads, ({ bytes, guard }) => JSON.stringify([bytes, guard])).values()];
}

const patternOf = ({ bytes, guard, packing }: SoughtLead): KernelPattern => ({ bytes, guard, step: packing === 'utf-16' ? 2 : 1 });

const patternOfHead = ({ bytes }: EncodedHead): KernelPattern => ({ bytes, guard: { kind: 'none' }, step: 1 });

/** A part will do for a rough plan. */
const roughly = 4;

/** What the patterns are searched in: everything, or text of which every other byte is zero. */
function sampleFor(name: NetName, sample: Uint8Array, rounds: number): Uint8Array {
  const step = rounds === 0 ? roughly : 1;
  const chosen: number[] = [];
  for (let at = 0; at + 2 < sample.length; at += 3 * step) {
    const [a = 0, b = 0, c = 0] = sample.subarray(at, at + 3);
    if (name === 'utf-16') chosen.push(...(at % 2 === 0 ? [a, 0, b] : [0, a, 0]));
    else chosen.push(a, b, c);
  }
  return Uint8Array.from(chosen);
}
