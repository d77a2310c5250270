import { regionOf } from '../../model/finding-order.ts';
import type { Fingerprint } from '../../model/ids.ts';
import type { Asset } from '../../model/asset.ts';
import { type Finding, subjectOf } from '../../model/report.ts';
import type { Judgement } from '../../model/verdict.ts';
import { evidenceInWords, fixLines, whereInWords } from '../describe.ts';
import { canonical } from '../escape/json.ts';
import { sarifText } from '../escape/sarif.ts';
import { levels } from './levels.ts';
import type { KnownKey } from '../same-key.ts';
import type { Placed, Subject } from './place.ts';
import type { RuleBook } from './rules.ts';
import { sentence } from '../../model/words.ts';

export function findingResult(
  finding: Finding,
  {
    placed,
    book,
    full,
    runBy,
    keys,
  }: {
    readonly placed: Placed;
    readonly book: RuleBook;
    readonly full: boolean;
    readonly runBy: readonly string[];
    readonly keys: readonly KnownKey[];
  },
): object {
  const { level, rank } = levels[finding.severity];
  const { waived, carried, fix } = finding;
  return {
    ...common(finding, placed, book),
    kind: 'fail',
    level,
    rank,
    message: { text: messageOf(finding, runBy) },
    partialFingerprints: fingerprints(finding.fingerprint),
    ...(full &&
      waived && {
        suppressions: [
          { kind: 'external', status: 'accepted', justification: sarifText(`${sentence(waived.reason)} Until ${waived.until}.`) },
        ],
      }),
    ...(full && { baselineState: carried ? 'unchanged' : 'new' }),
    properties: {
      asset: finding.asset,
      assetType: finding.assetType,
      region: regionOf(finding.scope),
      place: finding.place,
      ...(runBy.length > 0 && { runBy: runBy.map(sarifText) }),
      ...(keys.length > 0 && {
        keys: keys.map(({ digest, elsewhere }) => ({
          digest,
          ...(elsewhere.length > 0 && { alsoIn: elsewhere.slice(0, mostHolders).map(sarifText) }),
        })),
      }),
      evidence: canonical(finding.evidence),
      remediation: canonical({
        kind: fix.kind,
        do: fix.do,
        inputs: fix.inputs,
        run: fix.steps,
        undo: fix.undo,
        ...(fix.effect !== undefined && { effect: fix.effect }),
      }),
      ...(carried && { carried: true, lastSeen: carried.lastSeen, carriedBecause: carried.why }),
      ...(waived && { waived: canonical(waived) }),
    },
  };
}

/** Of a key that lies everywhere the first are enough: each place is a result of its own. */
const mostHolders = 20;

/** Results of `--sarif-full`: what passed, what is open, what does not apply, what a person has to look at. */
export function verdictResult(
  { check, verdict }: Judgement,
  asset: Asset,
  identity: Fingerprint,
  placed: Placed,
  book: RuleBook,
): object | undefined {
  const kinds = { pass: 'pass', unknown: 'open', 'not-applicable': 'notApplicable', manual: 'review', fail: undefined } as const;
  const kind = kinds[verdict.status];
  if (kind === undefined) return undefined;
  const words = { pass: 'passes', open: 'could not be answered', notApplicable: 'does not apply', review: 'is for a person to answer' }[
    kind
  ];
  const subject = {
    rule: check,
    ...subjectOf(asset),
    locations: [],
    evidence: [],
  };
  return {
    ...common(subject, placed, book),
    kind,
    level: 'none',
    message: { text: sarifText(`${check} ${words} for ${whereInWords(subjectOf(asset))}.`) },
    partialFingerprints: fingerprints(identity),
    properties: { asset: asset.id, assetType: asset.type, verdict: canonical(verdict) },
  };
}

function common(subject: Subject, { others = [], ...first }: Placed, book: RuleBook): object {
  const ruleIndex = book.indexOf(subject.rule);
  const taxa = book.taxaOf(subject.rule);
  return {
    ruleId: subject.rule,
    ...(ruleIndex !== undefined && { ruleIndex }),
    locations: [first, ...others].map(({ uri, region, logical = [] }) => ({
      physicalLocation: { artifactLocation: { uri }, region },
      logicalLocations: [{ kind: 'resource', name: sarifText(subject.assetName), fullyQualifiedName: subject.asset }, ...logical],
    })),
    ...(taxa.length > 0 && { taxa }),
  };
}

/** GitHub knows an alert by rule, file and the first of these; it would make one up from the file otherwise. */
function fingerprints(fingerprint: Fingerprint): object {
  return { primaryLocationLineHash: `${fingerprint.slice(0, 16)}:1`, 'aispm/v1': fingerprint };
}

const mostRunners = 3;

function messageOf(finding: Finding, runBy: readonly string[]): string {
  const { title, evidence, fix, carried } = finding;
  const found = evidence.slice(0, 3).map(evidenceInWords).join('; ');
  const more = evidence.length > 3 ? `; and ${evidence.length - 3} more` : '';
  const [command] = fixLines(fix.steps).flatMap(({ line }) => (line === undefined ? [] : [line]));
  const steps = command === undefined ? '' : ` ${command}${fix.steps.length > 1 ? ' …' : ''}`;
  const others = runBy.length > mostRunners ? ` and ${runBy.length - mostRunners} more` : '';
  const runners = runBy.length === 0 ? '' : ` Run by ${runBy.slice(0, mostRunners).join(', ')}${others}.`;
  const age = carried ? ` Last seen ${carried.lastSeen}; not read again this time.` : '';
  return sarifText(
    `Expected: ${sentence(title)} Not so for ${whereInWords(finding)}: ${sentence(found + more)}${runners}${age} Fix: ${steps === '' ? sentence(fix.do) : sentence(`${fix.do.replace(/\.$/, '')}:${steps}`)}`,
  );
}
