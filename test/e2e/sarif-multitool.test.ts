import { describe, expect, test } from 'vitest';
import sarif from '../../src/report/formats/sarif.ts';
import { judge } from '../../src/scan/judge/judging.ts';
import { knownImageRules } from '../../src/scan/images/known-image-rules.ts';
import { emptyReport, exampleReport, refusedReport } from '../support/example-report.ts';
import { hostileStrings } from '../support/hostile-strings.ts';
import { keyOf, repositoryWith, startLab } from '../support/image-lab.ts';
import { rendered } from '../support/rendered.ts';
import { remarksOf, sarifTool, schemaErrorsOf } from '../support/validate-sarif.ts';

const tool = sarifTool();

/** A tool without a home page is no fault of the file. */
const expected = ['SARIF2005'];

describe.skipIf(tool === undefined)("Microsoft's SARIF validator (npm ci in test/tools) with GitHub's rules on", () => {
  const validator = tool ?? '';
  const judgeFile = async (report: ReturnType<typeof exampleReport>, options: Parameters<typeof rendered>[2] = {}): Promise<void> => {
    const text = (await rendered(sarif, report, options)).get('') ?? '';
    expect(await schemaErrorsOf(validator, text)).toEqual([]);
    const remarks = await remarksOf(validator, text);
    expect(remarks.filter(({ rule }) => !expected.includes(rule))).toEqual([]);
  };

  test('has nothing to say of a report with one of everything', async () => judgeFile(exampleReport()));
  test('has nothing to say of a report without findings', async () => judgeFile(emptyReport()));
  test('has nothing to say where everything was refused', async () => judgeFile(refusedReport()));
  test('has nothing to say of an anchored file', async () => judgeFile(exampleReport(), { sarifAnchor: 'infra/main tf.json' }));

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

  test('has nothing to say of keys in images, whatever their files are named', async () => {
    const names = hostileStrings
      .filter((name) => !name.includes('\0') && Buffer.byteLength(name) < 90)
      .map((name) => name.replaceAll('/', '_'));
    const files = names.map((name, at) => [`d${at}/${name}.env`, `KEY=${keyOf('anthropic.api-key', at)}\n`] as const);
    const history = [{ created_by: `RUN ${names.join(' ')}` }, { created_by: 'RUN rm' }];
    const config = { Env: [`HF_TOKEN=${keyOf('huggingface.access-token')}`] };
    const lab = await startLab({ 'ml/chat': await repositoryWith({ layers: [files, [['d0/.wh..wh..opq', '']]], history, config }) });
    try {
      const { inventory } = await lab.inspect(['ml/chat', 'ml/none']);
      const report = judge(inventory, {
        checks: [],
        selected: [],
        frameworks: [],
        imageRules: await knownImageRules(),
        policy: {},
        failOn: 'high',
        includePass: false,
        toolVersion: '0.0.0',
      });
      expect([report.findings.length, report.gaps.length]).toEqual([names.length + 1, 1]);
      await judgeFile(report);
    } finally {
      await lab.close();
    }
  }, 60_000);

  test('would notice a mistake', async () => {
    const text = (await rendered(sarif, exampleReport())).get('') ?? '';
    const broken = text.replaceAll(/"uri":"aispm-evidence[^"]*"/g, '"uri":"acs:pai:cn-hangzhou"');
    expect((await remarksOf(validator, broken)).map(({ rule }) => rule)).toContain('GH1005');
    expect(await schemaErrorsOf(validator, text.replaceAll('"kind":"fail"', '"kind":"failed"'))).not.toEqual([]);
  }, 60_000);
});
