import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { targetFlags } from '../cli/flags/reading.ts';
import { writeTo } from '../cli/output.ts';
import { readRequest } from '../cli/requests.ts';
import { tableText } from '../cli/table-text.ts';
import { chooseTargets } from '../cli/targets.ts';

export default class Doctor extends BaseCommand {
  static override readonly summary = 'before the first scan: who am I, what can be reached and listed, and what is missing';
  static override readonly description =
    'Signs in and makes each listing call once per account and region. Ends with the code that a scan would: 0, 3, 4 or 5.';
  static override readonly examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> aws --region us-east-1'];
  static override readonly strict = false;
  static override readonly args = {
    provider: Args.string({ description: 'aws, azure, alibaba or all (default: all that have credentials)' }),
  };
  static override readonly flags = { ...targetFlags };

  async run(): Promise<void> {
    const { flags, words, config, world, tell, progress } = await this.invoke(Doctor);
    const { examine } = await import('../scan/examine.ts');
    const request = await readRequest(chooseTargets(words, flags, config.values), flags, { env: world.env, version: this.config.version });
    const examined = await examine(request, world);
    progress.end();
    if (flags.json) await writeTo(process.stdout, `${JSON.stringify(examined, undefined, 2)}\n`);
    else await writeTo(process.stdout, textOf(examined));
    tell(`exit ${examined.exitCode}: ${examined.why}`);
    process.exitCode = examined.exitCode;
  }
}

type Examined = Awaited<ReturnType<typeof import('../scan/examine.ts').examine>>;

function textOf({ identities, notConfigured, listings, surroundings }: Examined): string {
  const sections = [
    tableText([['PROVIDER', 'ACCOUNT', 'SIGNED IN AS'], ...identities.map(({ provider, account, caller }) => [provider, account, caller])]),
    notConfigured.length > 0 ? tableText(notConfigured.map(({ provider, detail }) => [provider, `not configured: ${detail}`])) : '',
    listings.length > 0
      ? tableText([['CALL', 'SCOPE', 'RESULT'], ...listings.map(({ call, scope, result }) => [call, scope, result])])
      : '',
    tableText([['AROUND', ''], ...surroundings.map(({ what, state }) => [what, state])]),
  ];
  return sections.filter((section) => section !== '').join('\n');
}
