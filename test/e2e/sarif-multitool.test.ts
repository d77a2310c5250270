import { describe, expect, test } from 'vitest';
import sarif from '../../src/report/formats/sarif.ts';
import { emptyReport, exampleReport, refusedReport } from '../support/example-report.ts';
import { hostileStrings } from '../support/hostile-strings.ts';
import { rendered } from '../support/rendered.ts';
import { remarksOf, sarifTool, schemaErrorsOf } from '../support/validate-sarif.ts';

const tool = sarifTool();

/** A tool without a home page is no fault of the file. */
const expected = ['SARIF2005'];

describe.skipIf(tool === undefined)("Microsoft's SARIF validator (npm ci in test/tools) with GitHub's rules on", () => {
  const validator = tool ?? '';
  const judge = async (report: ReturnType<typeof exampleReport>, options: Parameters<typeof rendered>[2] = {}): Promise<void> => {
    const text = (await rendered(sarif, report, options)).get('') ?? '';
    expect(await schemaErrorsOf(validator, text)).toEqual([]);
    const remarks = await remarksOf(validator, text);
    expect(remarks.filter(({ rule }) => !expected.includes(rule))).toEqual([]);
  };

  test('has nothing to say of a report with one of everything', async () => judge(exampleReport()));
  test('has nothing to say of a report without findings', async () => judge(emptyReport()));
  test('has nothing to say where everything was refused', async () => judge(refusedReport()));
  test('has nothing to say of an anchored file', async () => judge(exampleReport(), { sarifAnchor: 'infra/main tf.json' }));

  test('finds no error in the full form', async () => {
    const text = (await rendered(sarif, exampleReport(), { sarifFull: true })).get('') ?? '';
    expect(await schemaErrorsOf(validator, text)).toEqual([]);
    expect((await remarksOf(validator, text)).filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('finds no error whatever an asset is named', async () => {
    const text = (await rendered(sarif, exampleReport(hostileStrings.filter(({ length }) => length < 200).join(' ')))).get('') ?? '';
    expect(await schemaErrorsOf(validator, text)).toEqual([]);
    expect((await remarksOf(validator, text)).filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('would notice a mistake', async () => {
    const text = (await rendered(sarif, exampleReport())).get('') ?? '';
    const broken = text.replaceAll(/"uri":"aispm-evidence[^"]*"/g, '"uri":"acs:pai:cn-hangzhou"');
    expect((await remarksOf(validator, broken)).map(({ rule }) => rule)).toContain('GH1005');
    expect(await schemaErrorsOf(validator, text.replaceAll('"kind":"fail"', '"kind":"failed"'))).not.toEqual([]);
  }, 60_000);
});
