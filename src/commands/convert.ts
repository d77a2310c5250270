import { Args } from '@oclif/core';
import { BaseCommand, required } from '../cli/base-command.ts';
import { deliver, formats } from '../cli/deliver.ts';
import { gateFlags, outputFlags, summaryFlags } from '../cli/flags/report.ts';
import { openReport } from '../cli/open-report.ts';
import { chooseOutputs } from '../cli/output-targets.ts';
import type { FailOn } from '../model/report.ts';

export default class Convert extends BaseCommand {
  static override readonly summary = 'turn saved reports into any format, and apply a gate to them';
  static override readonly description =
    'Several reports of different scopes (accounts) are put together. Reports of format ndjson stream: any number of findings fits.';
  static override readonly examples = [
    '<%= config.bin %> <%= command.id %> report.json -f sarif=aispm.sarif',
    '<%= config.bin %> <%= command.id %> account-a.json account-b.json -f table --fail-on critical',
  ];
  static override readonly strict = false;
  static override readonly args = { report: Args.string({ description: 'files that -f json=FILE or -f ndjson=FILE wrote' }) };
  static override readonly flags = { ...outputFlags, ...summaryFlags, 'fail-on': gateFlags['fail-on'] };

  async run(): Promise<void> {
    const invocation = await this.invoke(Convert);
    const { flags, words, config } = invocation;
    required(words[0], 'the name of a report');
    const outputs = chooseOutputs(flags, config.values, formats, 'table');
    const { joinReports } = await import('../scan/join-reports.ts');
    // The flag's own options allow nothing else.
    const report = async () => joinReports(await Promise.all(words.map(openReport)), flags['fail-on'] as FailOn);
    const { head } = await report();
    await deliver(report, outputs, invocation);
    process.exitCode = head.gate.exitCode;
  }
}
