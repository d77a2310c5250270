import { Args } from '@oclif/core';
import { BaseCommand, required } from '../../cli/base-command.ts';
import { checkFlags } from '../../cli/flags/checks.ts';
import { writeTo } from '../../cli/output.ts';
import { chosenChecks } from '../../cli/requests.ts';

export default class ChecksShow extends BaseCommand {
  static override readonly summary = 'show one check: what it wants, why, its fix, mappings, permissions and examples';
  static override readonly examples = ['<%= config.bin %> <%= command.id %> aws.bedrock-agent.agent-guardrail-identifier'];
  static override readonly args = { id: Args.string({ description: 'id of the check' }) };
  static override readonly flags = { checks: checkFlags.checks };

  async run(): Promise<void> {
    const { flags, args } = await this.invoke(ChecksShow);
    const id = required(args.id, 'the id of a check');
    const catalogue = await chosenChecks(flags);
    const { describeCheck } = await import('../../scan/catalogue/describe-check.ts');
    const described = await describeCheck(id, catalogue);
    const { checkText } = await import('../../cli/check-text.ts');
    await writeTo(process.stdout, flags.json ? `${JSON.stringify(described, undefined, 2)}\n` : checkText(described));
  }
}
