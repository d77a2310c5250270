import { Args } from '@oclif/core';
import { BaseCommand, required } from '../../cli/base-command.ts';
import { checkFlags } from '../../cli/flags/checks.ts';
import { writeTo } from '../../cli/output.ts';
import { chosenChecks } from '../../cli/requests.ts';
import { tableText } from '../../cli/table-text.ts';

export default class FrameworksShow extends BaseCommand {
  static override readonly summary = 'show the controls of a framework and which checks speak of them';
  static override readonly description = 'Published mappings and our own reading stand in separate columns. No column is a certificate.';
  static override readonly examples = ['<%= config.bin %> <%= command.id %> pci-dss-4.0.1'];
  static override readonly args = { id: Args.string({ description: 'id of the framework' }) };
  static override readonly flags = { checks: checkFlags.checks };

  async run(): Promise<void> {
    const { flags, args } = await this.invoke(FrameworksShow);
    const id = required(args.id, 'the id of a framework');
    const catalogue = await chosenChecks(flags);
    const { coverageOfFramework } = await import('../../scan/catalogue/framework-coverage.ts');
    const coverage = coverageOfFramework(id, catalogue);
    if (flags.json) {
      await writeTo(process.stdout, `${JSON.stringify(coverage, undefined, 2)}\n`);
      return;
    }
    const rows = coverage.rows.map((row) => [
      row.id,
      row.assess,
      row.published.join(', ') || '-',
      row.ownReading.join(', ') || '-',
      row.words,
    ]);
    await writeTo(process.stdout, `${coverage.title} (${coverage.version})\n${coverage.limits}\n\n`);
    await writeTo(process.stdout, tableText([['CONTROL', 'CAN BE ASSESSED', 'PUBLISHED', 'OUR READING', 'ABOUT'], ...rows]));
  }
}
