import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { checkFlags } from '../cli/flags/checks.ts';
import { readingFlags, targetFlags } from '../cli/flags/reading.ts';
import { imageChoiceFlags, imageFlags } from '../cli/flags/images.ts';
import { imageChoice } from '../cli/image-requests.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeChunks } from '../cli/output.ts';
import { chosenChecks, loadWaivers, readRequest } from '../cli/requests.ts';
import { tableText } from '../cli/table-text.ts';
import { chooseTargets } from '../cli/targets.ts';
import { interruptionOf } from '../cli/world.ts';

export default class Discover extends BaseCommand {
  static override readonly aliases = ['inventory'];
  static override readonly summary = 'read assets, edges and gaps only; nothing is judged';
  static override readonly description =
    'Writes an inventory that `aispm evaluate` judges later, offline and without credentials. Without -o a table goes to stdout.';
  static override readonly examples = [
    '<%= config.bin %> <%= command.id %> aws -o inventory.json',
    '<%= config.bin %> <%= command.id %> --shard 1/4 -o part-1.json',
  ];
  static override readonly strict = false;
  static override readonly args = {
    provider: Args.string({ description: 'aws, azure, alibaba or all (default: all that have credentials)' }),
  };
  static override readonly flags = {
    ...targetFlags,
    ...readingFlags,
    ...imageChoiceFlags,
    ...imageFlags,
    ...checkFlags,
    output: Flags.string({
      char: 'o',
      description: 'write the inventory (JSON) here; `-` is stdout',
      helpValue: 'FILE',
      env: 'AISPM_OUTPUT',
    }),
    'ignore-file': Flags.string({
      description: 'accepted gaps (default: .aispmignore.yaml beside the configuration)',
      helpValue: 'FILE',
      env: 'AISPM_IGNORE_FILE',
    }),
  };

  async run(): Promise<void> {
    const { flags, words, config, world, tell, progress } = await this.invoke(Discover);
    const targets = chooseTargets(words, flags, config.values);
    const { version } = this.config;
    const waivers = await loadWaivers(flags['ignore-file'], config);
    const images = await imageChoice(flags, { env: world.env, version, warn: tell });
    const request = { ...(await readRequest(targets, flags, { env: world.env, version })), ...images };
    const { read } = await import('../scan/reading.ts');
    const { needsOfCatalogue } = await import('../scan/catalogue/catalogue.ts');
    const { judgeNothing } = await import('../scan/judge/judging.ts');
    const narrowed = [flags.check, flags['skip-check'], flags.service, flags.framework].some((list) => (list ?? []).length > 0);
    const inventory = await read(request, world, narrowed ? needsOfCatalogue(await chosenChecks(flags)) : undefined);
    progress.end();
    const file = flags.output ?? (flags.json ? '-' : undefined);
    const { exitLine, summaryLines, summaryText } = await import('../report/summary.ts');
    if (file !== undefined) await writeChunks(jsonText(inventory), { format: 'json', file }, process.stdout);
    else await writeChunks(textOf(tableText(rowsOf(inventory))), { format: 'table', file: '-' }, process.stdout);
    const signal = interruptionOf(world.signal);
    const head = judgeNothing(inventory, {
      toolVersion: version,
      ...(waivers !== undefined && { waivers }),
      ...(signal !== undefined && { signal }),
    });
    const lines = summaryLines({ head, worst: [], ...(file !== undefined && file !== '-' && { files: [file] }) });
    tell(summaryText(lines.filter(({ label }) => label !== 'findings' && label !== 'top')).trimEnd());
    tell(exitLine(head));
    process.exitCode = head.gate.exitCode;
  }
}

type Inventory = import('../model/inventory.ts').Inventory;

function rowsOf({ assets }: Inventory): readonly (readonly string[])[] {
  return [
    ['TYPE', 'NAME', 'SCOPE', 'UNREAD'],
    ...assets.map(({ type, name, scope, unread }) => [type, name, scope, unread.length > 0 ? String(unread.length) : '']),
  ];
}

async function* textOf(text: string) {
  yield { path: '', chunk: text };
}
