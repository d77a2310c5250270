import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { validate as reportErrors } from '../../src/checks/validators/report.generated.ts';
import type { Finding } from '../../src/model/report.ts';
import { readReport } from '../../src/report/read-report.ts';
import type { RenderOptions } from '../../src/report/reporter.ts';
import { reporters } from '../../src/report/reporters.generated.ts';
import { exampleOf } from '../../src/secrets/detectors/example.ts';
import { exampleReport } from '../support/example-report.ts';
import { hostileStrings } from '../support/hostile-strings.ts';
import { plainOptions, rendered } from '../support/rendered.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/reports/', import.meta.url));
const cases = readdirSync(fixtures);
const names = Object.keys(reporters);
const reporterOf = async (name: string) => (await reporters[name]?.()) ?? expect.unreachable();
const fixture = (name: string) => readReport(readFileSync(`${fixtures}${name}/report.json`, 'utf8'), name);

/** Everything that a terminal could obey, and halves of surrogate pairs; not the line end. */
const controls = /[^\P{Cc}\n]|[\u2028\u2029]|\p{Cs}/u;
const escape = String.fromCodePoint(0x1b);

/** Takes off what we ourselves colour and link: nothing else may begin with an escape character. */
function withoutStyle(text: string): string {
  const [link, ...parts] = text.split(`${escape}]8;;`);
  const unlinked = [link, ...parts.map((part) => part.slice(part.indexOf(`${escape}\\`) + 2))].join('');
  return unlinked.replaceAll(new RegExp(`${escape}\\[[0-9;]*m`, 'g'), '');
}

/** Sorts by severity over all accounts, so it holds every finding. Every other format must stream. */
const holdsEveryFinding = new Set(['table']);

test('there are reporters and reports to walk', () => {
  expect(names).toEqual(expect.arrayContaining(['json', 'ndjson', 'sarif', 'table']));
  expect(cases.length).toBeGreaterThan(0);
});

test.each(cases)('the report of %s fits its published schema', (name) => {
  expect(reportErrors(JSON.parse(readFileSync(`${fixtures}${name}/report.json`, 'utf8')))).toEqual([]);
});

/** No format tells a finding in less. */
const leastBytes = 50;

describe.each(names)('%s', (name) => {
  test.each(cases)('writes what stands in fixtures/reports/%s', async (of) => {
    const files = await rendered(await reporterOf(name), await fixture(of));
    for (const [path, text] of files) await expect(text).toMatchFileSnapshot(`${fixtures}${of}/${path === '' ? `report.${name}` : path}`);
  });

  test('names its file and says what it is', async () => {
    const reporter = await reporterOf(name);
    expect(reporter.name).toBe(name);
    expect(reporter.describe.length).toBeGreaterThan(10);
  });

  test.each(cases)('says what could not be seen in %s', async (of) => {
    const report = await fixture(of);
    const text = [...(await rendered(await reporterOf(name), report)).values()].join('\n');
    for (const { call, detail } of report.gaps) {
      expect(text).toContain(call);
      expect(text).toContain(detail);
    }
    for (const { subject } of report.limits) expect(text).toContain(subject);
    for (const { provider, detail } of report.notConfigured) {
      expect(text).toContain(provider);
      expect(text).toContain(detail);
    }
    for (const { verdict } of report.verdicts) if (verdict.status === 'manual') expect(text).toContain(verdict.where);
    expect(text).toContain(report.gate.why);
  });

  test('keeps what is unknown even where only findings of some severity are asked for', async () => {
    const report = exampleReport();
    const text = [...(await rendered(await reporterOf(name), report, { severity: 'critical' })).values()].join('\n');
    for (const { call } of report.gaps) expect(text).toContain(call);
  });

  test('writes the same bytes twice, and whether findings come at once or one by one', async () => {
    const reporter = await reporterOf(name);
    const { findings, ...head } = exampleReport();
    const once = await rendered(reporter, { ...head, findings });
    expect(await rendered(reporter, { ...head, findings })).toEqual(once);
    const files = new Map<string, string>();
    for await (const { path, chunk } of reporter.render({ head, findings: oneByOne(findings) }, plainOptions))
      files.set(path, (files.get(path) ?? '') + chunk);
    expect(files).toEqual(once);
  });

  test('has no clock, no host and no user in it', async () => {
    const text = [...(await rendered(await reporterOf(name), exampleReport())).values()].join('\n');
    expect(text).not.toContain(process.cwd());
    expect(text).not.toContain(String(new Date().getFullYear() + 1000));
    for (const day of text.matchAll(/\b20\d\d-\d\d-\d\d/g)) expect(['2026-03-01', '2026-12-31', '2026-06-30']).toContain(day[0]);
  });

  if (!holdsEveryFinding.has(name))
    test('streams: what it holds does not grow with the number of findings', async () => {
      const reporter = await reporterOf(name);
      const { findings, ...head } = exampleReport();
      let [taken, given, most] = [0, 0, 0];
      async function* many(): AsyncIterable<Finding> {
        const [finding] = findings as readonly [Finding, ...Finding[]];
        for (; taken < 20_000; taken++) {
          most = Math.max(most, taken * leastBytes - given);
          yield { ...finding, place: `place ${String(taken).padStart(6, '0')}` };
        }
      }
      for await (const { chunk } of reporter.render({ head, findings: many() }, plainOptions)) given += chunk.length;
      expect(taken).toBe(20_000);
      expect(given).toBeGreaterThan(taken * leastBytes);
      expect(most).toBeLessThan(200_000);
    });

  test('lets no foreign text out of its place', async () => {
    const reporter = await reporterOf(name);
    const options: readonly Partial<RenderOptions>[] = [
      { includeWaived: true, includePass: true, sarifFull: true },
      { columns: 100, color: true, hyperlinks: true },
    ];
    for (const hostile of hostileStrings) {
      for (const option of options) {
        for (const [path, text] of await rendered(reporter, exampleReport(hostile), option)) {
          expect(path).toMatch(/^(?:|-\d+|aispm-evidence(?:\/[a-z0-9_][a-z0-9._-]*)+\.json)$/);
          const plain = option.color ? withoutStyle(text) : text;
          expect(plain).not.toMatch(controls);
          if (name === 'table') expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u200e\ufeff\u00ad]/u);
        }
      }
    }
  });
});

describe('secrets', () => {
  test('a key that was found stands in no output, only its masked form does', async () => {
    const { createInspect } = await import('../../src/secrets/documents/inspect.ts');
    const { loadDetectorSet } = await import('../../src/secrets/detectors/detectors.ts');
    const set = await loadDetectorSet();
    const { detectors } = set;
    const inspect = createInspect({ set });
    for (const id of ['openai.project-key', 'dashscope.api-key', 'anthropic.api-key']) {
      const key = exampleOf(detectors, id, 1);
      const { inspected } = inspect(JSON.stringify({ env: { API_KEY: key } }), { encoding: 'json', name: 'env' });
      expect(inspected.secrets.length).toBeGreaterThan(0);
      const report = exampleReport();
      const assets = report.assets.map((asset) => ({ ...asset, facts: { ...asset.facts, env: { ...inspected } } }));
      for (const name of names) {
        for (const text of (
          await rendered(await reporterOf(name), { ...report, assets }, { sarifFull: true, includePass: true })
        ).values()) {
          expect(text).not.toContain(key);
          expect(text).not.toContain(key.slice(8, -8));
        }
      }
    }
  });
});

describe('parsed back by other programs', () => {
  const hasPython = works('python3', ['-c', 'import json']);
  /** What a Python expression over the text of each output gives; one process, because starting one takes longer than parsing. */
  const python = (expression: string, outputs: readonly string[]): readonly unknown[] => {
    const script = `import base64,json,sys\nprint(json.dumps([${expression} for text in [base64.b64decode(l).decode('utf-8') for l in sys.stdin]]))`;
    const input = outputs.map((text) => `${Buffer.from(text).toString('base64')}\n`).join('');
    return JSON.parse(execFileSync('python3', ['-c', script], { input, encoding: 'utf8', maxBuffer: 1e8 })) as readonly unknown[];
  };
  const outputs = (name: string) =>
    Promise.all(hostileStrings.map(async (hostile) => (await rendered(await reporterOf(name), exampleReport(hostile))).get('') ?? ''));
  const readable = hostileStrings.map((hostile) => hostile.replaceAll(/\p{Cs}/gu, '\ufffd'));
  const guardrailName = "next(f['assetName'] for f in FINDINGS if f['rule'].endswith('guardrail-identifier'))";

  test.skipIf(!hasPython)('JSON holds the very names (python3 json)', async () => {
    const names = python(guardrailName.replace('FINDINGS', "json.loads(text)['findings']"), await outputs('json'));
    expect(names).toEqual(readable);
  });

  test.skipIf(!hasPython)('NDJSON holds the very names, one row a line (python3 json)', async () => {
    const rows = "[r for r in map(json.loads, text.splitlines()) if r['kind']=='finding']";
    expect(python(guardrailName.replace('FINDINGS', rows), await outputs('ndjson'))).toEqual(readable);
  });

  test.skipIf(!hasPython)('SARIF places every result at a relative path that needs no escaping (python3 json, urllib)', async () => {
    const places =
      "[l['physicalLocation']['artifactLocation']['uri'] for r in json.loads(text)['runs'] for x in r['results'] for l in x['locations']]";
    const all = python(places, await outputs('sarif')) as readonly (readonly string[])[];
    expect(all).toHaveLength(hostileStrings.length);
    for (const uri of all.flat()) {
      const { pathname, search, hash, host } = new URL(uri, 'https://example.com/base/');
      expect({ pathname, search, hash, host }).toEqual({ pathname: `/base/${uri}`, search: '', hash: '', host: 'example.com' });
    }
  });

  test('rows of NDJSON begin with their kind', async () => {
    const text = (await rendered(await reporterOf('ndjson'), exampleReport())).get('') ?? '';
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^\{"kind":"[a-z-]+"/);
  });
});

function works(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function* oneByOne<T>(items: readonly T[]): AsyncIterable<T> {
  for (const item of items) yield await Promise.resolve(item);
}
