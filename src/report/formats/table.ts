import { regionOf } from '../../model/finding-order.ts';
import { nameOfRepository } from '../../model/image-rule.ts';
import type { Finding } from '../../model/report.ts';
import type { Severity } from '../../model/severity.ts';
import { isAtLeast, severities } from '../../model/severity.ts';
import { evidenceInWords, fixLines, limitInWords } from '../describe.ts';
import { cutTo, terminalText, wrapTo } from '../escape/terminal.ts';
import type { Chunk, RenderOptions, Reporter, ReportStream } from '../reporter.ts';
import { runnersInWords, runnersOf } from '../runners.ts';
import { type KnownKey, keysOf } from '../same-key.ts';
import type { SummaryLine } from '../summary.ts';
import { bySeverity, exitLine, isOpen, summaryLines, summaryText } from '../summary.ts';

/** For people: what was found, worst first, each with its fix; what could not be seen; and a summary at the end, where a terminal stops. */
const table: Reporter = {
  name: 'table',
  describe: 'text for people at a terminal',
  render,
};
export default table;

type Head = ReportStream['head'];

async function* render({ head, findings }: ReportStream, options: RenderOptions): AsyncIterable<Chunk> {
  const all: Finding[] = [];
  for await (const finding of findings) all.push(finding);
  all.sort(bySeverity);
  const paint = painter(options.color);
  const runBy = runnersOf(head);
  const keys = keysOf(head);
  const links = options.hyperlinks ? linksOf(head) : new Map<string, string>();
  const shown = all.filter(({ severity }) => options.severity === undefined || isAtLeast(severity, options.severity));
  const open = shown.filter(({ waived, carried }) => !waived && !carried);
  const carried = shown.filter((finding) => !finding.waived && finding.carried);
  const waived = shown.filter((finding) => finding.waived);

  for (const level of severities) {
    const group = open.filter(({ severity }) => severity === level);
    if (group.length === 0) continue;
    yield out(`${paint(level, level.toUpperCase())} (${group.length})\n\n`);
    for (const finding of group)
      yield out(findingText(finding, { ...options, paint, links, runBy: runnersInWords(runBy.finding(finding)), keys: keys(finding) }));
  }
  if (shown.length < all.length)
    yield out(`Findings below ${options.severity ?? ''} are not shown: ${all.length - shown.length} (--severity).\n\n`);
  yield out(section('CARRIED OVER from the previous report: not read, or not selected, this time', carried.map(carriedText)));
  yield out(
    section(
      'WAIVED',
      options.includeWaived
        ? waived.map(waivedText)
        : waived.length > 0
          ? [`${waived.length === 1 ? 'one finding' : `${waived.length} findings`}; shown with --include-waived`]
          : [],
    ),
  );
  yield out(section('FOR A PERSON TO ANSWER', manualTexts(head)));
  yield out(section('NOT THERE, or not inspected by design', limitTexts(head)));
  yield out(section('LAYERS of AI entry points', layerTexts(head)));
  if (options.includePass) yield out(section('VERDICTS', verdictTexts(head)));
  yield out(section('COULD NOT BE ANSWERED', unknownTexts(head)));
  // A few findings need no list of the worst of them: they stand right above.
  const worst = all.filter(isOpen);
  const lines = summaryLines({ head, worst: worst.length <= mostWorst && shown.length === all.length ? [] : worst.slice(0, mostWorst) });
  yield out(summaryText(lines.map((line) => fitted(line, options.columns))));
  // On a terminal the reason of the exit code follows on stderr.
  if (options.columns === undefined) yield out(`${paint(head.gate.exitCode === 0 ? 'good' : 'strong', exitLine(head))}\n`);
}

const mostWorst = 5;

/** Only the list of the worst is cut to the width: it is a repetition. What could not be seen is never shortened. */
function fitted(line: SummaryLine, columns: number | undefined): SummaryLine {
  return columns !== undefined && line.label === 'top' ? { ...line, text: cutTo(line.text, Math.max(columns - 12, 40)) } : line;
}

interface TextOptions extends Pick<RenderOptions, 'columns'> {
  readonly paint: Paint;
  readonly links: ReadonlyMap<string, string>;
  /** What runs the asset, a line for each kind. */
  readonly runBy: readonly string[];
  readonly keys: readonly KnownKey[];
}

function findingText(finding: Finding, { columns, paint, links, runBy, keys }: TextOptions): string {
  const region = regionOf(finding.scope);
  const where = region === 'global' ? '' : ` in ${region}`;
  const id = finding.asset === finding.assetName ? '' : `\n    ${terminalText(finding.asset)}`;
  const field = (label: string, text: string): string => fieldText(label, terminalText(text), columns);
  const steps = fixLines(finding.fix.steps).flatMap(({ line, note }) => [
    ...(note === undefined ? [] : [`              ${paint('faint', `# ${terminalText(note)}`)}\n`]),
    ...(line === undefined ? [] : [`              ${terminalText(line)}\n`]),
  ]);
  return [
    `  ${paint('strong', terminalText(`"${finding.assetName}"`))}  ${terminalText(finding.assetType)}${terminalText(where)}${id}\n`,
    ...runBy.map((runner) => field('run by', runner)),
    field('expected', finding.title),
    ...finding.evidence.map((item) => field('found', evidenceInWords(item))),
    ...imageLines(finding).map(([label, text]) => field(label, text)),
    ...keys.map((key) => field('key', keyText(key))),
    field('fix', `${finding.fix.do}${finding.fix.effect === undefined ? '' : ` (${finding.fix.effect})`}`),
    ...steps,
    `    check     ${linked(finding.rule, links)}   finding ${finding.fingerprint.slice(0, 12)}\n\n`,
  ].join('');
}

/** What to pull to see the first of its places: the image and the layer by their digests. */
function imageLines({ locations }: Finding): readonly (readonly [label: string, text: string])[] {
  const [at] = locations;
  if (at?.kind !== 'image' || at.manifests[0] === undefined) return [];
  const more = at.manifests.length > 1 ? ` and ${at.manifests.length - 1} more` : '';
  const blob = at.part === 'layer' ? [['layer', at.blob] as const] : [];
  return [['image', `${nameOfRepository(at.asset)}@${at.manifests[0]}${more}`], ...blob];
}

const mostHolders = 5;

function keyText({ digest, elsewhere }: KnownKey): string {
  const more = elsewhere.length > mostHolders ? `, and ${elsewhere.length - mostHolders} more` : '';
  const others = elsewhere.length === 0 ? '' : `; the same key lies in ${elsewhere.slice(0, mostHolders).join(', ')}${more}`;
  return `digest ${digest.slice(0, 12)}${others}`;
}

const labelColumns = 14;

/** On a terminal in as many lines as it takes: nothing of a finding is cut. Elsewhere one line, to be searched. */
function fieldText(label: string, text: string, columns: number | undefined): string {
  const lines = columns === undefined ? [text] : wrapTo(text, Math.max(columns - labelColumns, 40));
  return lines.map((line, at) => `${at === 0 ? `    ${label}`.padEnd(labelColumns) : ' '.repeat(labelColumns)}${line}\n`).join('');
}

/** The id stands in the text in any case; on a terminal that has links it leads to what the check says to read. */
function linked(rule: string, links: ReadonlyMap<string, string>): string {
  const address = links.get(rule);
  const shown = terminalText(rule);
  return address === undefined ? shown : `\u001b]8;;${address}\u001b\\${shown}\u001b]8;;\u001b\\`;
}

function linksOf({ checks }: Head): ReadonlyMap<string, string> {
  return new Map(
    checks.flatMap(({ id, see }) => {
      const address = see.find((text) => text.startsWith('https://') && URL.canParse(text));
      return address === undefined ? [] : [[id, new URL(address).href] as const];
    }),
  );
}

function carriedText({ severity, title, assetType, assetName, scope, carried }: Finding): string {
  const why = carried?.why === 'unknown' ? 'could not be read' : 'not selected';
  return `${severity}  ${title}: not so for ${assetType} "${assetName}" in ${scope}; ${why}, last seen ${carried?.lastSeen ?? ''}`;
}

function waivedText({ severity, title, assetType, assetName, scope, waived }: Finding): string {
  const { reason = '', until = '', owner, ticket } = waived ?? {};
  const who = [owner, ticket].filter((part) => part !== undefined).join(', ');
  return `${severity}  ${title}: not so for ${assetType} "${assetName}" in ${scope}; until ${until}: ${reason}${who === '' ? '' : ` (${who})`}`;
}

function manualTexts({ verdicts, checks }: Head): readonly string[] {
  const titles = new Map<string, string>(checks.map(({ id, title }) => [id, title]));
  const texts = verdicts.flatMap(({ check, asset, verdict }) =>
    verdict.status === 'manual' ? [`${titles.get(check) ?? check}: ${asset}; look at: ${verdict.where}`] : [],
  );
  return texts;
}

/** One line for each entry point: what is on, what is off, what a person must look at, and what nobody knows. */
function layerTexts({ entryPoints = [] }: Head): readonly string[] {
  return entryPoints.map(({ type, name, scope, layers }) => {
    const states = (['on', 'off', 'manual', 'unknown'] as const).flatMap((state) => {
      const names = layers.filter((one) => one.state === state).map(({ layer }) => layer);
      return names.length === 0 ? [] : [`${state}: ${names.join(', ')}`];
    });
    const region = regionOf(scope);
    return `${type} "${name}"${region === 'global' ? '' : ` in ${region}`}   ${states.join('; ')}`;
  });
}

function limitTexts({ limits }: Head): readonly string[] {
  return limits.map(
    ({ subject, scope, reason, count }) => `${subject} ${limitInWords[reason]}: ${scope}${count > 1 ? ` (${count} times)` : ''}`,
  );
}

function verdictTexts({ verdicts }: Head): readonly string[] {
  return verdicts.flatMap(({ check, asset, verdict }) =>
    verdict.status === 'pass' || verdict.status === 'not-applicable' ? [`${verdict.status}  ${check}  ${asset}`] : [],
  );
}

/** Unknown verdicts by check, with why; the gaps behind them stand in the coverage lines of the summary. */
function unknownTexts(head: Head): readonly string[] {
  const { verdicts, gaps } = head;
  const runBy = runnersOf(head);
  const calls = new Map<string, string>(gaps.map(({ id, call, scope }) => [id, `${call} in ${scope}`]));
  return verdicts.flatMap(({ check, asset, verdict }) => {
    if (verdict.status !== 'unknown') return [];
    const because = verdict.because.map((reason) => {
      if ('gap' in reason) return `gap: ${calls.get(reason.gap) ?? reason.gap}`;
      if ('limit' in reason) return `limit: ${reason.limit}`;
      return 'notAsked' in reason ? `not asked: ${reason.notAsked}` : `the cloud does not say: ${reason.silent}`;
    });
    const runners = runnersInWords(runBy.repository(asset));
    return [`${check}  ${asset}  (${because.join('; ')})${runners.length === 0 ? '' : `; run by ${runners.join('; ')}`}`];
  });
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `${title} (${lines.length})\n\n${lines.map((line) => `  ${terminalText(line)}\n`).join('')}\n`;
}

type Paint = (style: Severity | 'strong' | 'faint' | 'good', text: string) => string;

function painter(color: boolean): Paint {
  const codes = { critical: '1;31', high: '31', medium: '33', low: '36', info: '2', strong: '1', faint: '2', good: '32' };
  return (style, text) => (color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}

function out(chunk: string): Chunk {
  return { path: '', chunk };
}
