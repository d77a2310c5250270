import type { Wanted } from './anchor-search.ts';
import type { KernelPattern } from './kernel/tables.ts';
import type { Lead } from './lead.ts';

/** Leads, and the patterns to search for them: leads that look alike share one. */
export interface LeadSet {
  readonly wanted: Wanted<KernelPattern>;
  /** Leads of each pattern. */
  readonly everywhere: readonly (readonly Lead[])[];
  readonly wide: readonly (readonly Lead[])[];
}

export function leadSetOf(leads: readonly Lead[]): LeadSet {
  const everywhere = alike(leads.filter(({ packing }) => packing !== 'utf-16'));
  const wide = alike(leads.filter(({ packing }) => packing === 'utf-16'));
  return { wanted: { everywhere: everywhere.map(patternOf), wide: wide.map(patternOf) }, everywhere, wide };
}

function alike(leads: readonly Lead[]): readonly (readonly Lead[])[] {
  const groups = new Map<string, Lead[]>();
  for (const lead of leads) {
    const key = JSON.stringify([lead.bytes, lead.guard]);
    const group = groups.get(key);
    if (group) group.push(lead);
    else groups.set(key, [lead]);
  }
  return [...groups.values()];
}

function patternOf([first]: readonly Lead[]): KernelPattern {
  if (first === undefined) throw new Error('a group of leads has a lead');
  return { bytes: first.bytes, guard: first.guard, step: first.packing === 'utf-16' ? 2 : 1 };
}
