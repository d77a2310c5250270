import { accountOf, providerOf, regionOf } from '../../model/finding-order.ts';
import type { Gap } from '../../model/gap.ts';
import type { ScopeId } from '../../model/ids.ts';
import { jsonLine } from '../escape/json.ts';
import { listsOfHead } from '../ndjson-rows.ts';
import type { Chunk, Reporter, ReportStream } from '../reporter.ts';

/**
 * One row per finding and per gap, flat where a table needs it, `kind` first; before them what else the report holds, so
 * that it can be read back without loss, one finding at a time.
 */
const ndjson: Reporter = {
  name: 'ndjson',
  describe: 'one JSON row per finding and per gap, for jq and SIEMs; also the form that converts at constant memory',
  render,
};
export default ndjson;

async function* render({ head, findings }: ReportStream): AsyncIterable<Chunk> {
  const single = Object.fromEntries(Object.entries(head).filter(([name]) => !(name in listsOfHead)));
  let pending = row('report', single);
  for (const [name, kind] of Object.entries(listsOfHead)) {
    // Every name of listsOfHead is a list of the head.
    for (const item of head[name as keyof typeof listsOfHead] as readonly object[]) {
      pending += kind === 'gap' ? row(kind, { ...item, ...placeOf((item as Gap).scope) }) : row(kind, { entry: item });
      if (pending.length < 65_536) continue;
      yield { path: '', chunk: pending };
      pending = '';
    }
  }
  for await (const finding of findings) {
    pending += row('finding', { ...finding, ...placeOf(finding.scope) });
    if (pending.length < 65_536) continue;
    yield { path: '', chunk: pending };
    pending = '';
  }
  yield { path: '', chunk: pending };
}

function row(kind: string, columns: object): string {
  const members = jsonLine(columns).slice(1);
  return `{"kind":${JSON.stringify(kind)}${members === '}' ? '' : ','}${members}\n`;
}

/** Columns for whoever has no use for a scope id; taken off again when the row is read. */
function placeOf(scope: ScopeId): object {
  return { provider: providerOf(scope), account: accountOf(scope).slice(providerOf(scope).length + 1), region: regionOf(scope) };
}
