import { byCodeUnit } from '../../model/order.ts';
import type { Finding } from '../../model/report.ts';
import { jsonLine } from '../escape/json.ts';
import type { Chunk, Reporter, ReportStream } from '../reporter.ts';

/** The report itself: one line per entry of a list, so that it can be compared with the last one. Findings stream. */
const json: Reporter = {
  name: 'json',
  describe: 'the whole report, as checks/schema/report.schema.json says',
  render,
};
export default json;

/** Members in reading order. What is not listed follows, so that nothing can be lost. */
const order = [
  'schemaVersion',
  'tool',
  'gate',
  'counts',
  'interrupted',
  'selection',
  'notConfigured',
  'scopes',
  'findings',
  'verdicts',
  'gaps',
  'limits',
  'warnings',
  'ledger',
];

async function* render({ head, findings }: ReportStream): AsyncIterable<Chunk> {
  const members: { readonly [name: string]: unknown } = { ...head, findings: [] };
  const names = [
    ...order.filter((name) => name in members),
    ...Object.keys(members)
      .filter((name) => !order.includes(name))
      .sort(byCodeUnit),
  ];
  yield { path: '', chunk: '{\n' };
  for (const [at, name] of names.entries()) {
    const comma = at === names.length - 1 ? '' : ',';
    if (name === 'findings') yield* list(name, findings, comma);
    else if (Array.isArray(members[name])) yield* list(name, members[name] as readonly unknown[], comma);
    else if (members[name] !== undefined) yield { path: '', chunk: `${JSON.stringify(name)}: ${jsonLine(members[name])}${comma}\n` };
  }
  yield { path: '', chunk: '}\n' };
}

async function* list(name: string, items: AsyncIterable<Finding> | Iterable<unknown>, comma: string): AsyncIterable<Chunk> {
  let pending = `${JSON.stringify(name)}: [`;
  let first = true;
  for await (const item of items) {
    pending += `${first ? '' : ','}\n${jsonLine(item)}`;
    first = false;
    if (pending.length < 65_536) continue;
    yield { path: '', chunk: pending };
    pending = '';
  }
  yield { path: '', chunk: `${pending}${first ? '' : '\n'}]${comma}\n` };
}
