import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/model/usage-error.ts';
import json from '../../src/report/formats/json.ts';
import ndjson from '../../src/report/formats/ndjson.ts';
import { readNdjson } from '../../src/report/read-ndjson.ts';
import { readReport } from '../../src/report/read-report.ts';
import { reporters } from '../../src/report/reporters.generated.ts';
import { readInventory } from '../../src/scan/read-inventory.ts';
import { exampleReport } from '../support/example-report.ts';
import { hostileStrings } from '../support/hostile-strings.ts';
import { plainOptions, rendered } from '../support/rendered.ts';
import { inventory } from '../support/report-estate.ts';

async function* linesOf(text: string): AsyncIterable<string> {
  for (const line of text.split('\n')) yield await Promise.resolve(line);
}

const refusal = async (work: Promise<unknown>): Promise<UsageError> => {
  const error: unknown = await work.then(
    () => undefined,
    (problem: unknown) => problem,
  );
  expect(error).toBeInstanceOf(UsageError);
  return error as UsageError;
};

describe('a saved report', () => {
  test.each(['support-bot', ...hostileStrings.filter((text) => !/\p{Cs}/u.test(text))])(
    'with %j comes back as it was, from JSON and from NDJSON',
    async (name) => {
      const report = exampleReport(name);
      const plain = JSON.parse(JSON.stringify(report)) as unknown;
      expect(await readReport((await rendered(json, report)).get('') ?? '', 'report.json')).toEqual(plain);
      const stream = await readNdjson(linesOf((await rendered(ndjson, report)).get('') ?? ''), 'report.ndjson');
      const findings = [];
      for await (const finding of stream.findings) findings.push(finding);
      expect({ ...stream.head, findings }).toEqual(plain);
    },
  );

  test('of NDJSON converts to the same bytes as the report itself, in every format', async () => {
    const report = exampleReport();
    const text = (await rendered(ndjson, report)).get('') ?? '';
    for (const [name, load] of Object.entries(reporters)) {
      const reporter = await load();
      const files = new Map<string, string>();
      for await (const { path, chunk } of reporter.render(await readNdjson(linesOf(text), 'x'), plainOptions))
        files.set(path, (files.get(path) ?? '') + chunk);
      expect([name, files]).toEqual([name, await rendered(reporter, report)]);
    }
  });

  test.each([
    ['{"schemaVersion": "1.0"', '"r.json" is no report of aispm: it is not JSON'],
    ['', '"r.json" is no report of aispm: it is empty'],
    ['[1, 2]', '"r.json" is no report of aispm: it has no "schemaVersion"'],
    ['{"schemaVersion": "1.0", "findings": 3}', '"r.json" is no report of aispm: '],
    [
      '{"schemaVersion": "1.1", "tool": {"name": "aispm", "version": "0.4.0"}}',
      '"r.json" has schema version 1.1; this aispm reads up to 1.0',
    ],
    ['{"schemaVersion": "2.0"}', '"r.json" has schema version 2.0; this aispm reads up to 1.0'],
    [
      '{"schemaVersion": "0.9", "tool": {"name": "aispm", "version": "0.0.1"}}',
      '"r.json" has schema version 0.9, which this aispm no longer reads (it reads 1.0)',
    ],
  ])('%s is refused in a sentence', async (text, sentence) => {
    const error = await refusal(readReport(text, 'r.json'));
    expect(error.message.startsWith(sentence)).toBe(true);
    expect(error.message).not.toContain('\n');
    expect(error.hint).toBeDefined();
  });

  test('of a newer version names the version to install', async () => {
    const error = await refusal(readReport('{"schemaVersion": "1.7", "tool": {"name": "aispm", "version": "0.4.0"}}', 'r.json'));
    expect(error.hint).toBe('install aispm 0.4.0 or newer: npm install aispm@0.4.0');
  });

  test.each([
    ['{"kind":"finding"}\n', 'its first line is no row of kind "report"'],
    ['not json\n', '"r.ndjson:1" is no row of aispm'],
    ['{"no":"kind"}\n', 'line 1 has no "kind"'],
  ])('NDJSON %j is refused in a sentence', async (text, part) => {
    expect((await refusal(readNdjson(linesOf(text), 'r.ndjson'))).message).toContain(part);
  });

  test('NDJSON whose findings are no findings is refused when they are read', async () => {
    const text = (await rendered(ndjson, exampleReport())).get('') ?? '';
    const { findings } = await readNdjson(linesOf(text.replaceAll('"assetType":"', '"assetTypo":"')), 'r.ndjson');
    const all = async () => {
      for await (const _ of findings) continue;
    };
    expect((await refusal(all())).message).toContain('holds a row that is no finding');
  });
});

describe('a saved inventory', () => {
  test('comes back as it was', async () => {
    const estate = inventory();
    expect(await readInventory(JSON.stringify(estate), 'inventory.json')).toEqual(estate);
  });

  test('of a newer version or with unknown members is refused', async () => {
    const newer = await refusal(readInventory(JSON.stringify(inventory({ schemaVersion: '1.1' })), 'i.json'));
    expect(newer.message).toBe('"i.json" has schema version 1.1; this aispm reads up to 1.0');
    const strange = await refusal(readInventory(JSON.stringify({ ...inventory(), surprise: 1 }), 'i.json'));
    expect(strange.message).toContain('"i.json" is no inventory of aispm');
  });
});
