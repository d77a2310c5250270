/**
 * node --import tsx scripts/bench/sarif-child.ts FORMAT FINDINGS: writes that many findings to nowhere, one at a time, and
 * prints the seconds of processor time and the most memory (KB) that it took. Memory is a matter of the whole process.
 */
import type { Finding } from '../../src/model/report.ts';
import sarif from '../../src/report/formats/sarif.ts';
import type { ReportStream } from '../../src/report/reporter.ts';
import { reportOf } from './report-estate.ts';

const [what = 'sarif', count = '1000'] = process.argv.slice(2);
const stream = reportOf(Number(count));
const before = process.cpuUsage();
let bytes = 0;
for await (const text of what === 'rows' ? rows(stream.findings) : chunks(stream)) bytes += text.length;
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ seconds: (user + system) / 1e6, kb: process.resourceUsage().maxRSS, bytes }));

async function* chunks(report: ReportStream): AsyncIterable<string> {
  const options = { includePass: false, includeWaived: false, sarifFull: false, evidenceDir: 'evidence', color: false, hyperlinks: false };
  for await (const { chunk } of sarif.render(report, options)) yield chunk;
}

async function* rows(findings: Iterable<Finding> | AsyncIterable<Finding>): AsyncIterable<string> {
  for await (const finding of findings) yield JSON.stringify(finding);
}
