import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { deliver, formats } from '../cli/deliver.ts';
import { checkFlags } from '../cli/flags/checks.ts';
import { readingFlags, targetFlags } from '../cli/flags/reading.ts';
import { gateFlags, outputFlags, summaryFlags } from '../cli/flags/report.ts';
import { imageChoiceFlags, imageFlags } from '../cli/flags/images.ts';
import { imageChoice } from '../cli/image-requests.ts';
import { chooseOutputs } from '../cli/output-targets.ts';
import { chosenChecks, judgeRequest, readRequest } from '../cli/requests.ts';
import { chooseTargets } from '../cli/targets.ts';
import { interruptionOf } from '../cli/world.ts';

export default class Scan extends BaseCommand {
  static override readonly summary = 'discover the AI assets, judge them, and report what was found and what could not be seen';
  static override readonly description =
    'Reads every account and region that the credentials reach, or the ones that are named, and judges them against the selected checks. Then looks for keys in the images that AI assets run (--images). Only reads: see `aispm permissions`.';
  static override readonly examples = [
    '<%= config.bin %> <%= command.id %> aws --region us-east-1',
    '<%= config.bin %> <%= command.id %> -f table -f sarif=aispm.sarif -f json=report.json --previous last/report.json',
    "<%= config.bin %> <%= command.id %> alibaba --check 'alibaba.eas.*' --fail-on critical",
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
    ...gateFlags,
    ...outputFlags,
    ...summaryFlags,
  };

  async run(): Promise<void> {
    const invocation = await this.invoke(Scan);
    const { flags, words, config, world, tell } = invocation;
    const outputs = chooseOutputs(flags, config.values, formats, 'table');
    const targets = chooseTargets(words, flags, config.values);
    const { version } = this.config;
    const catalogue = await chosenChecks(
      flags,
      targets.map(({ provider }) => provider),
    );
    const judging = await judgeRequest(catalogue, flags, config, version);
    const images = await imageChoice(flags, { env: world.env, version, warn: tell });
    const request = { ...(await readRequest(targets, flags, { env: world.env, version })), ...images };
    const { read } = await import('../scan/reading.ts');
    const { needsOfCatalogue } = await import('../scan/catalogue/catalogue.ts');
    const { judge } = await import('../scan/judge/judging.ts');
    const inventory = await read(request, world, needsOfCatalogue(catalogue));
    world.progress({ kind: 'phase', phase: 'evaluate' });
    const signal = interruptionOf(world.signal);
    const { findings, ...head } = judge(inventory, { ...judging, ...(signal !== undefined && { signal }) });
    await deliver(() => ({ head, findings }), outputs, invocation);
    process.exitCode = head.gate.exitCode;
  }
}
