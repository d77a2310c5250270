import { describe, expect, test } from 'vitest';
import { accountOf } from '../../src/model/finding-order.ts';
import type { Gap } from '../../src/model/gap.ts';
import { fingerprint, scopeId } from '../../src/model/ids.ts';
import type { Finding, Report } from '../../src/model/report.ts';
import sarif from '../../src/report/formats/sarif.ts';
import { exampleReport } from '../support/example-report.ts';
import { rendered } from '../support/rendered.ts';

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly rank?: number;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: Region };
    readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly partialFingerprints: { readonly [name: string]: string };
  readonly taxa?: readonly {
    readonly id: string;
    readonly index: number;
    readonly toolComponent: { readonly name: string; readonly index: number };
  }[];
  readonly suppressions?: readonly object[];
  readonly properties: { readonly [name: string]: unknown };
}

interface Run {
  readonly automationDetails: { readonly id: string };
  readonly tool: {
    readonly driver: {
      readonly rules: readonly { readonly id: string; readonly properties: { readonly [name: string]: unknown } }[];
      readonly notifications: readonly object[];
    };
  };
  readonly taxonomies?: readonly { readonly name: string; readonly taxa: readonly { readonly id: string }[] }[];
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly exitCode: number;
    readonly toolExecutionNotifications?: readonly { readonly message: { readonly text: string } }[];
  }[];
  readonly results: readonly Result[];
}

const runsOf = (text: string | undefined): readonly Run[] => (JSON.parse(text ?? '{}') as { readonly runs: readonly Run[] }).runs;
const written = async (report: Report, options: Parameters<typeof rendered>[2] = {}) => {
  const files = await rendered(sarif, report, options);
  return { files, runs: runsOf(files.get('')) };
};

function many(report: Report, accounts: number, each: number): Report {
  const [finding] = report.findings as readonly [Finding, ...Finding[]];
  const findings = Array.from({ length: accounts }, (_, account) =>
    Array.from({ length: each }, (__, at) => ({
      ...finding,
      scope: scopeId('aws', String(account).padStart(12, '0'), 'us-east-1'),
      place: String(at).padStart(6, '0'),
      fingerprint: fingerprint(`${account}${String(at).padStart(6, '0')}`.padStart(64, '0')),
    })),
  ).flat();
  return { ...report, asked: [], gaps: [], limits: [], notConfigured: [], warnings: [], findings };
}

describe('SARIF', () => {
  test('holds one run per account, and what has no account of its own in a run without results', async () => {
    const { runs } = await written(exampleReport());
    expect(
      runs.map(({ automationDetails, results, invocations }) => [
        automationDetails.id,
        results.length,
        invocations[0]?.executionSuccessful,
      ]),
    ).toEqual([
      ['aispm/aws/111122223333/', 4, false],
      ['aispm/aws/777788889999/', 1, true],
      ['aispm/coverage/', 0, false],
    ]);
    expect(runs.map(({ invocations }) => invocations[0]?.exitCode)).toEqual([1, 1, 1]);
  });

  test('keeps within what the portals take', async () => {
    for (const run of (await written(exampleReport('x'.repeat(5000)))).runs) {
      for (const { properties } of run.tool.driver.rules) {
        expect((properties['tags'] as readonly string[]).length).toBeLessThanOrEqual(10);
        expect(properties['tags']).toContain('security');
      }
      for (const { message, locations, level, kind, rank } of run.results) {
        expect(message.text.length).toBeLessThanOrEqual(1024);
        expect(locations).toHaveLength(1);
        expect(['error', 'warning', 'note']).toContain(level);
        expect(kind).toBe('fail');
        expect(rank).toBeGreaterThan(0);
        expect(locations[0]?.physicalLocation.artifactLocation.uri.length).toBeLessThan(300);
      }
      const places = run.results.map(({ ruleId, locations: [place] }) => JSON.stringify([ruleId, place?.physicalLocation]));
      expect(new Set(places).size).toBe(places.length);
    }
  });

  test('points at the line of the evidence file where the value stands', async () => {
    const { files, runs } = await written(exampleReport());
    const lineOf = ({ locations: [place] }: Result): string => {
      const { artifactLocation, region } = place?.physicalLocation ?? expect.unreachable();
      const line = files.get(artifactLocation.uri)?.split('\n')[region.startLine - 1] ?? '';
      return line.slice(region.startColumn - 1, region.endColumn - 1);
    };
    const [own, carried] = runs;
    expect(own?.results.map((result) => [result.ruleId, lineOf(result)])).toEqual([
      ['aws.bedrock-agent.agent-secret', '{'],
      ['aws.bedrock-agent.agent-secret', '{'],
      ['aws.iam.ai-role-attached-policy', '"facts": {'],
      ['aws.bedrock-agent.agent-guardrail-identifier', '"tags": {'],
    ]);
    expect(carried?.results.map(lineOf)).toEqual(['"facts": {']);
    for (const [path, text] of files) if (path !== '') expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  test('has rules, taxa and notifications that point at each other rightly', async () => {
    for (const run of (await written(exampleReport())).runs) {
      for (const { ruleId, ruleIndex, taxa = [] } of run.results) {
        expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
        expect(taxa.map(({ toolComponent }) => toolComponent.name)).toEqual(['cis-aws-7.0', 'owasp-llm-2025']);
        for (const { id, index, toolComponent } of taxa) {
          expect(run.taxonomies?.[toolComponent.index]?.name).toBe(toolComponent.name);
          expect(run.taxonomies?.[toolComponent.index]?.taxa[index]?.id).toBe(id);
        }
      }
    }
  });

  test('identifies a finding by its fingerprint alone', async () => {
    const report = exampleReport();
    const { runs } = await written(report);
    const [first] = runs[0]?.results ?? [];
    const [finding] = report.findings;
    expect(first?.partialFingerprints).toEqual({
      primaryLocationLineHash: `${finding?.fingerprint.slice(0, 16)}:1`,
      'aispm/v1': finding?.fingerprint,
    });
  });

  test('files a found key as a leaked secret, and never writes 9.0 as a severity', async () => {
    const [run] = (await written(exampleReport())).runs;
    const rules = new Map(run?.tool.driver.rules.map(({ id, properties }) => [id, properties]));
    expect(rules.get('aws.bedrock-agent.agent-secret')).toMatchObject({ 'security-severity': '9.5' });
    expect(rules.get('aws.bedrock-agent.agent-secret')?.['tags']).toContain('external/cwe/cwe-798');
    expect(rules.get('aws.bedrock-agent.agent-guardrail-identifier')?.['tags']).not.toContain('external/cwe/cwe-798');
  });

  test('leaves out what is waived or a remark, and holds all of it in the full form', async () => {
    const report = exampleReport();
    const short = (await written(report)).runs.flatMap(({ results }) => results);
    expect(short.map(({ ruleId }) => ruleId)).not.toContain('aws.bedrock-agent.agent-network');
    const full = (await written(report, { sarifFull: true })).runs.flatMap(({ results }) => results);
    const waived = full.find(({ ruleId }) => ruleId === 'aws.bedrock-agent.agent-network');
    expect(waived?.suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'lab account support-bot, no production data. Until 2026-12-31.' },
    ]);
    const kinds = full.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'fail').sort()).toEqual(['notApplicable', 'open', 'review']);
  });

  test('marks what is carried with the day when it was last seen', async () => {
    const carried = (await written(exampleReport())).runs[1]?.results[0];
    expect(carried?.properties).toMatchObject({ carried: true, lastSeen: '2026-03-01T10:00:00Z' });
  });

  test('warns that alerts may be closed where the scan is incomplete and no previous report was given', async () => {
    const { carriedFrom: _, ...withoutPrevious } = exampleReport();
    const texts = async (report: Report): Promise<string> =>
      JSON.stringify((await written(report)).runs.map(({ invocations }) => invocations));
    expect(await texts(withoutPrevious)).toContain('--previous');
    expect(await texts(exampleReport())).not.toContain('--previous');
  });

  test('anchored: every asset has a line of its own in the file that was named', async () => {
    const { files, runs } = await written(exampleReport(), { sarifAnchor: 'infra/main tf.json' });
    expect([...files.keys()]).toEqual(['']);
    const places = runs.flatMap(({ results }) => results.map(({ locations: [place] }) => place?.physicalLocation));
    expect(new Set(places.map((place) => place?.artifactLocation.uri))).toEqual(new Set(['infra/main%20tf.json']));
    const lines = new Map(
      runs.flatMap(({ results }) =>
        results.map(({ locations: [place] }) => [place?.logicalLocations[0]?.fullyQualifiedName, place?.physicalLocation.region.startLine]),
      ),
    );
    expect(new Set(lines.values()).size).toBe(lines.size);
  });

  test('goes on in further files beyond 20 accounts, none of them lost', async () => {
    const { files } = await written(many(exampleReport(), 45, 2), { sarifAnchor: 'a.json' });
    expect([...files.keys()]).toEqual(['', '-2', '-3']);
    const runs = [...files.values()].map(runsOf);
    expect(runs.map(({ length }) => length)).toEqual([20, 20, 5]);
    expect(new Set(runs.flat().map(({ automationDetails }) => automationDetails.id)).size).toBe(45);
    expect(runs.flat().flatMap(({ results }) => results)).toHaveLength(90);
  });

  test('goes on in further files beyond 5,000 results of an account, each with a category of its own', async () => {
    const { files } = await written(many(exampleReport(), 2, 10_001), { sarifAnchor: 'a.json' });
    const runs = [...files].map(([path, text]) =>
      runsOf(text).map(({ automationDetails, results }) => [path, automationDetails.id, results.length]),
    );
    expect(runs.flat()).toEqual([
      ['', 'aispm/aws/000000000000/', 5000],
      ['-2', 'aispm/aws/000000000000/part-2/', 5000],
      ['-3', 'aispm/aws/000000000000/part-3/', 1],
      ['-3', 'aispm/aws/000000000001/', 5000],
      ['-4', 'aispm/aws/000000000001/part-2/', 5000],
      ['-5', 'aispm/aws/000000000001/part-3/', 1],
    ]);
  });

  test('begins a further file where one account has filled the first', async () => {
    const { files } = await written(many(exampleReport(), 2, 5_000), { sarifAnchor: 'a.json' });
    expect([...files].map(([path, text]) => [path, runsOf(text).map(({ automationDetails }) => automationDetails.id)])).toEqual([
      ['', ['aispm/aws/000000000000/']],
      ['-2', ['aispm/aws/000000000001/']],
    ]);
  });

  test('is no success where the run was interrupted, even if all that was asked for was answered', async () => {
    const complete = { ...many(exampleReport(), 1, 1), gate: { ...exampleReport().gate, complete: true } };
    const successOf = async (report: Report) => (await written(report)).runs.map(({ invocations }) => invocations[0]?.executionSuccessful);
    const { interrupted: _, ...whole } = complete;
    expect(await successOf(whole)).toEqual([true]);
    expect(await successOf({ ...whole, interrupted: true })).toEqual([false]);
  });

  test('is a success where every gap was accepted', async () => {
    const report = exampleReport();
    const [gap] = report.gaps as readonly [Gap, ...Gap[]];
    const successOf = async (one: Gap) =>
      (await written({ ...many(report, 0, 0), asked: report.asked, gaps: [one] })).runs.map(({ automationDetails, invocations }) => [
        automationDetails.id,
        invocations[0]?.executionSuccessful,
      ]);
    const { accepted: _, ...open } = gap;
    const account = `aispm/${accountOf(gap.scope)}/`;
    expect(await successOf(open)).toContainEqual([account, false]);
    expect(await successOf({ ...gap, accepted: { reason: 'known', until: '2026-12-31' } })).toContainEqual([account, true]);
  });

  test('of nothing at all is one run that says whether that is all there is', async () => {
    const report = many(exampleReport(), 0, 0);
    const runsWhere = async (complete: boolean) =>
      (await written({ ...report, edges: [], verdicts: [], gate: { ...report.gate, complete } })).runs.map((run) => [
        run.automationDetails.id,
        run.results.length,
        run.invocations[0]?.executionSuccessful,
      ]);
    expect(await runsWhere(true)).toEqual([['aispm/coverage/', 0, true]]);
    expect(await runsWhere(false)).toEqual([['aispm/coverage/', 0, false]]);
  });
});
