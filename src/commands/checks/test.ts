import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.ts';
import { exitCodes } from '../../cli/exit-codes.ts';
import { writeTo } from '../../cli/output.ts';

export default class ChecksTest extends BaseCommand {
  static override readonly summary = 'prove checks: schema, fact paths, control ids, placeholders, examples, mutants';
  static override readonly description =
    'Without a path the checks that aispm ships with are tested; with one, that file or folder of yours. Exits 1 if one fails.';
  static override readonly examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> checks/aws/bedrock-agent',
  ];
  static override readonly args = { path: Args.string({ description: 'a check file, or a folder of them' }) };

  async run(): Promise<void> {
    const { args, flags, tell } = await this.invoke(ChecksTest);
    const { testedChecks } = await import('../../scan/catalogue/tested-checks.ts');
    const { testChecks } = await import('../../scan/catalogue/test-checks.ts');
    const { tested, refused, catalogue } = await testedChecks(args.path);
    const unread = refused.map(({ file, complaint }) => ({ id: file, file, examples: 0, complaints: [complaint] }));
    const results = [...unread, ...(await testChecks(tested, catalogue))];
    const failed = results.filter(({ complaints }) => complaints.length > 0);
    if (flags.json) await writeTo(process.stdout, `${JSON.stringify(results, undefined, 2)}\n`);
    else for (const { id, examples, complaints } of results) await writeTo(process.stdout, resultText(id, examples, complaints));
    tell(`${results.length - failed.length} passed, ${failed.length} failed`);
    process.exitCode = failed.length > 0 ? exitCodes.findings : exitCodes.complete;
  }
}

function resultText(id: string, examples: number, complaints: readonly string[]): string {
  if (complaints.length === 0) return `ok    ${id} (${examples} examples)\n`;
  return `FAIL  ${id}\n${complaints.map((complaint) => `      ${complaint}\n`).join('')}`;
}
