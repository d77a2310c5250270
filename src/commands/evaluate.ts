import { Args } from '@oclif/core';
import { BaseCommand, required } from '../cli/base-command.ts';
import { deliver, formats } from '../cli/deliver.ts';
import { checkFlags } from '../cli/flags/checks.ts';
import { gateFlags, outputFlags, summaryFlags } from '../cli/flags/report.ts';
import { chooseOutputs } from '../cli/output-targets.ts';
import { chosenChecks, judgeRequest, readFileOf } from '../cli/requests.ts';

export default class Evaluate extends BaseCommand {
  static override readonly summary = 'judge saved inventories, offline and without credentials';
  static override readonly description =
    'Several inventories (shards, accounts) are put together before anything is judged. The same inventory gives the same bytes. What was not asked when it was read is unknown, never a pass.';
  static override readonly examples = [
    '<%= config.bin %> <%= command.id %> inventory.json',
    '<%= config.bin %> <%= command.id %> part-*.json -f json=report.json -f sarif=aispm.sarif',
  ];
  static override readonly strict = false;
  static override readonly args = { inventory: Args.string({ description: 'files that `aispm discover -o FILE` wrote' }) };
  static override readonly flags = { ...checkFlags, ...gateFlags, ...outputFlags, ...summaryFlags };

  async run(): Promise<void> {
    const invocation = await this.invoke(Evaluate);
    const { flags, words, config, world } = invocation;
    required(words[0], 'the name of an inventory');
    const outputs = chooseOutputs(flags, config.values, formats, 'table');
    const catalogue = await chosenChecks(flags);
    const judging = await judgeRequest(catalogue, flags, config, this.config.version);
    const { readInventory } = await import('../scan/read-inventory.ts');
    const { mergeInventories } = await import('../scan/merge.ts');
    const { judge } = await import('../scan/judge/judging.ts');
    const inventories = [];
    for (const file of words) {
      const text = (await readFileOf(file, 'the inventory', 'the command line')).toString('utf8');
      inventories.push(await readInventory(text, file));
    }
    world.progress({ kind: 'phase', phase: 'evaluate' });
    const { findings, ...head } = judge(mergeInventories(inventories), judging);
    await deliver(() => ({ head, findings }), outputs, invocation);
    process.exitCode = head.gate.exitCode;
  }
}
