import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.ts';
import { checkFlags } from '../../cli/flags/checks.ts';
import { writeTo } from '../../cli/output.ts';
import { chosenChecks } from '../../cli/requests.ts';
import { tableText } from '../../cli/table-text.ts';
import { providerNamed } from '../../cli/targets.ts';

export default class ChecksList extends BaseCommand {
  static override readonly summary = 'list the checks';
  static override readonly examples = [
    '<%= config.bin %> <%= command.id %> aws',
    "<%= config.bin %> <%= command.id %> --framework pci-dss-4.0.1 --check 'aws.*' --json",
  ];
  static override readonly args = { provider: Args.string({ description: 'only this provider' }) };
  static override readonly flags = { ...checkFlags };

  async run(): Promise<void> {
    const { flags, args, tell } = await this.invoke(ChecksList);
    const provider = args.provider === undefined ? undefined : [providerNamed(args.provider)];
    const { selected } = await chosenChecks(flags, provider);
    if (flags.json) {
      const rows = selected.map(({ id, title, severity, assets, maps, relates }) => ({ id, title, severity, assets, maps, relates }));
      await writeTo(process.stdout, `${JSON.stringify(rows, undefined, 2)}\n`);
      return;
    }
    await writeTo(
      process.stdout,
      tableText([['SEVERITY', 'ID', 'TITLE'], ...selected.map(({ id, severity, title }) => [severity, id, title])]),
    );
    tell(`${selected.length} checks`);
  }
}
