import type { DetectorSet } from '../detectors/detector-set.ts';
import type { Lead } from './lead.ts';
import type { NetName } from './search-tables.ts';

/** What a pattern leads to. Asked for the first time, this compiles the detectors behind it. */
export function leadsOfTables({
  detectors,
  tables,
}: Pick<DetectorSet, 'detectors' | 'tables'>): (net: NetName, pattern: number) => readonly Lead[] {
  const known: { readonly [net in NetName]: (readonly Lead[])[] } = { plain: [], 'plain and base64': [], 'utf-16': [] };
  return (net, pattern) => (known[net][pattern] ??= leadsOf(net, pattern));

  function leadsOf(name: NetName, pattern: number): readonly Lead[] {
    const net = tables.nets[name];
    const { length } = net.bytesOf(pattern);
    return net.leadsOf(pattern).map(({ detector: at, anchor: anchorAt, ...row }) => {
      const detector = detectors[at];
      const anchor = detector?.anchors[anchorAt];
      if (detector === undefined || anchor === undefined) throw new Error('the search tables are of other detectors');
      return { detector, anchor, length, ...row };
    });
  }
}
