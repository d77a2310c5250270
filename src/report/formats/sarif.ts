import { accountOf } from '../../model/finding-order.ts';
import { fingerprintOf } from '../../model/fingerprint.ts';
import type { AssetId } from '../../model/ids.ts';
import type { Asset } from '../../model/asset.ts';
import type { Check } from '../../model/check.ts';
import { byCodeUnit } from '../../model/order.ts';
import { type Finding, subjectOf } from '../../model/report.ts';
import { isAtLeast } from '../../model/severity.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Chunk, RenderOptions, Reporter, ReportStream } from '../reporter.ts';
import { runnerInWords, runnersOf } from '../runners.ts';
import { keysOf } from '../same-key.ts';
import { SarifFiles } from '../sarif/files.ts';
import { accountNotifications, checksByGap, coverageNotifications, descriptors } from '../sarif/notifications.ts';
import { makePlacer } from '../sarif/place.ts';
import type { Placed } from '../sarif/place.ts';
import { findingResult, verdictResult } from '../sarif/result.ts';
import type { RuleBook } from '../sarif/rules.ts';
import { ruleBook } from '../sarif/rules.ts';

type Head = ReportStream['head'];

/**
 * SARIF 2.1.0 that GitHub, GitLab and Azure DevOps take at the first try: one run per account, a file and a line for each
 * result, what could not be read as notifications. Findings stream; only the head of the report is held.
 */
const sarif: Reporter = {
  name: 'sarif',
  describe: 'SARIF 2.1.0 for code-scanning services, with evidence files',
  render,
};
export default sarif;

async function* render({ head, findings }: ReportStream, options: RenderOptions): AsyncIterable<Chunk> {
  const files = new SarifFiles();
  const books = bookShelf(head);
  const runBy = runnersOf(head);
  const keys = keysOf(head);
  const checksOfGap = checksByGap(head);
  const place = makePlacer(head, {
    ...(options.evidenceDir !== undefined && { evidenceDir: options.evidenceDir }),
    ...(options.sarifAnchor !== undefined && { anchor: options.sarifAnchor }),
  });
  const waiting = [...new Set(head.asked.map(({ scope }) => accountOf(scope)))].sort(byCodeUnit);
  const opened = new Set<string>();
  let current: string | undefined;

  function* enter(account: string): Iterable<Chunk> {
    yield* finish();
    const book = books(account);
    const notifications = accountNotifications(account, head, book, checksOfGap);
    opened.add(account);
    current = account;
    yield* files.openRun({
      category: `aispm/${account}/`,
      members: (first) =>
        runMembers(
          head,
          book,
          first ? notifications : [],
          hasOpenGaps(head, (other) => other === account),
        ),
    });
  }

  function* finish(): Iterable<Chunk> {
    if (current !== undefined && options.sarifFull) yield* verdictsOf(current, head, books(current), place, files);
    current = undefined;
  }

  for await (const finding of findings) {
    if (!isShown(finding, options)) continue;
    const account = accountOf(finding.scope);
    while (waiting[0] !== undefined && waiting[0] < account) yield* enter(waiting.shift() ?? account);
    if (account !== current) {
      if (waiting[0] === account) waiting.shift();
      if (opened.has(account))
        throw new UsageError(`the findings of ${account} do not stand together`, {
          hint: 'keep the rows of a report in the order in which aispm wrote them',
        });
      yield* enter(account);
    }
    const placed = place(finding);
    if (placed.file) yield { path: placed.file.path, chunk: placed.file.text };
    yield* files.addResult(
      findingResult(finding, {
        placed,
        book: books(account),
        full: options.sarifFull,
        runBy: runBy.finding(finding).map(runnerInWords),
        keys: keys(finding),
      }),
    );
  }
  for (const account of waiting) yield* enter(account);
  yield* finish();

  const homeless = coverageNotifications(head, opened, checksOfGap);
  if (homeless.length > 0 || opened.size === 0) {
    const bare = ruleBook([], []);
    const incomplete = opened.size === 0 ? !head.gate.complete : hasOpenGaps(head, (account) => !opened.has(account));
    yield* files.openRun({ category: 'aispm/coverage/', members: () => runMembers(head, bare, homeless, incomplete) });
  }
  yield* files.close();
}

/** Portals turn every result into an open alert, so what is waived or a mere remark stays out unless all is asked for. */
function isShown({ severity, waived }: Finding, { severity: least, sarifFull }: RenderOptions): boolean {
  if (least !== undefined && !isAtLeast(severity, least)) return false;
  return sarifFull || (waived === undefined && severity !== 'info');
}

function runMembers({ tool, gate, interrupted }: Head, book: RuleBook, notifications: readonly object[], incomplete: boolean): object {
  return {
    tool: {
      driver: {
        name: tool.name,
        semanticVersion: tool.version,
        ...(book.supported.length > 0 && { supportedTaxonomies: book.supported }),
        rules: book.rules,
        notifications: descriptors,
      },
    },
    ...(book.taxonomies.length > 0 && { taxonomies: book.taxonomies }),
    invocations: [
      {
        executionSuccessful: !incomplete && interrupted !== true,
        exitCode: gate.exitCode,
        exitCodeDescription: gate.why,
        ...(notifications.length > 0 && { toolExecutionNotifications: notifications }),
      },
    ],
  };
}

function hasOpenGaps({ gaps }: Head, isOurs: (account: string) => boolean): boolean {
  return gaps.some((gap) => gap.accepted === undefined && isOurs(accountOf(gap.scope)));
}

/** One rule book per provider: its checks, and those that carried findings speak of. */
function bookShelf({ checks, carriedFrom, frameworks }: Head): (account: string) => RuleBook {
  const all = [...new Map<string, Check>([...(carriedFrom?.checks ?? []), ...checks].map((check) => [check.id, check])).values()];
  const books = new Map<string, RuleBook>();
  return (account) => {
    const provider = account.slice(0, account.indexOf('/'));
    const known = books.get(provider);
    if (known) return known;
    const book = ruleBook(
      all.filter(({ assets }) => assets.some((type) => type.startsWith(`${provider === 'image' ? 'oci' : provider}.`))),
      frameworks,
    );
    books.set(provider, book);
    return book;
  };
}

function* verdictsOf(
  account: string,
  { verdicts, assets }: Head,
  book: RuleBook,
  place: ReturnType<typeof makePlacer>,
  files: SarifFiles,
): Iterable<Chunk> {
  const ours = new Map<AssetId, Asset>(assets.filter(({ scope }) => accountOf(scope) === account).map((asset) => [asset.id, asset]));
  for (const judgement of verdicts) {
    const asset = ours.get(judgement.asset);
    if (!asset || judgement.verdict.status === 'fail') continue;
    const placed: Placed = place({
      rule: judgement.check,
      ...subjectOf(asset),
      locations: [],
      evidence: evidenceOf(judgement.verdict),
    });
    if (placed.file) yield { path: placed.file.path, chunk: placed.file.text };
    const result = verdictResult(judgement, asset, fingerprintOf(judgement.check, asset.id, ''), placed, book);
    if (result) yield* files.addResult(result);
  }
}

function evidenceOf(verdict: Verdict): Finding['evidence'] {
  return verdict.status === 'pass' ? verdict.evidence : [];
}
