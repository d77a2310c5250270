import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { checkFlags } from '../cli/flags/checks.ts';
import { writeTo } from '../cli/output.ts';
import { chosenChecks } from '../cli/requests.ts';
import { tableText } from '../cli/table-text.ts';
import { providerNamed } from '../cli/targets.ts';
import { providerNames } from '../model/ids.ts';
import { UsageError } from '../model/usage-error.ts';

export default class PermissionsCommand extends BaseCommand {
  static override readonly summary = 'print the exact least-privilege policy for the selected checks';
  static override readonly description =
    'Made from the calls that collectors declare; named actions only. With one provider stdout is the policy document and nothing else, ready to be piped.';
  static override readonly examples = [
    '<%= config.bin %> <%= command.id %> aws > policy.json',
    '<%= config.bin %> <%= command.id %> alibaba --explain',
    "<%= config.bin %> <%= command.id %> azure --check 'azure.machinelearning.*'",
  ];
  static override readonly args = { provider: Args.string({ description: 'aws, azure or alibaba' }) };
  static override readonly flags = {
    ...checkFlags,
    explain: Flags.boolean({ description: 'say which check needs which action, and where the name of the action comes from' }),
    part: Flags.integer({ description: 'only this part of a policy that is too long for the cloud', min: 1, helpValue: 'N' }),
    diff: Flags.string({ description: 'compare with a policy that you have: what it lacks, and what it has beyond', helpValue: 'FILE' }),
  };

  async run(): Promise<void> {
    const { flags, args, tell } = await this.invoke(PermissionsCommand);
    const { permissionsOfProviders } = await import('../scan/catalogue/permissions.ts');
    const names = args.provider === undefined || args.provider === 'all' ? providerNames : [providerNamed(args.provider)];
    const catalogue = await chosenChecks(flags, names);
    const all = await permissionsOfProviders(names, catalogue);
    if (flags.diff !== undefined) return printDifference(all, flags.diff);
    if (flags.explain) return printExplained(all, flags.json);
    const [only, second] = all;
    if (only !== undefined && second === undefined) {
      await writeTo(process.stdout, `${JSON.stringify(partOf(only.policy, flags.part), undefined, 2)}\n`);
      for (const note of only.policy.notes) tell(note);
      return;
    }
    const documents = Object.fromEntries(all.map(({ provider, policy }) => [provider, policy.document]));
    await writeTo(process.stdout, `${JSON.stringify(documents, undefined, 2)}\n`);
    tell('three policies in one document: name a provider for one that can be pasted');
  }
}

/** Without `--part` a policy that is too long is printed in its parts, as a list. */
function partOf({ document, parts = [document] }: PolicyDocument, part: number | undefined): unknown {
  if (part === undefined) return parts.length > 1 ? parts : document;
  const chosen = parts[part - 1];
  if (chosen !== undefined) return chosen;
  throw new UsageError(`--part ${part} does not exist: the policy has ${parts.length === 1 ? 'one part' : `${parts.length} parts`}`);
}

type PolicyDocument = All[number]['policy'];
type All = Awaited<ReturnType<typeof import('../scan/catalogue/permissions.ts').permissionsOfProviders>>;

async function printExplained(all: All, asJson: boolean): Promise<void> {
  const rows = all.flatMap(({ policy, neededBy }) =>
    policy.actions.map(({ action, evidence }) => ({ action, evidence, neededBy: neededBy.get(action) ?? [] })),
  );
  if (asJson) {
    await writeTo(process.stdout, `${JSON.stringify(rows, undefined, 2)}\n`);
    return;
  }
  const shown = rows.map((row) => [row.action, row.evidence, row.neededBy.join(', ') || 'signing in, listing accounts and regions']);
  await writeTo(process.stdout, tableText([['ACTION', 'SOURCE OF THE NAME', 'NEEDED BY'], ...shown]));
}

async function printDifference(all: All, file: string): Promise<void> {
  const [only, second] = all;
  if (only === undefined || second !== undefined)
    throw new UsageError('--diff compares the policy of one provider', { hint: 'name it: aispm permissions aws --diff FILE' });
  const { differenceOf } = await import('../scan/catalogue/policy-difference.ts');
  const { readFileOf } = await import('../cli/requests.ts');
  const text = (await readFileOf(file, 'the policy', '--diff')).toString('utf8');
  const { lacking, beyond } = differenceOf(only.policy, text, file);
  await writeTo(process.stdout, lacking.map((action) => `- lacks ${action}\n`).join(''));
  await writeTo(process.stdout, beyond.map((action) => `+ not needed ${action}\n`).join(''));
  if (lacking.length + beyond.length === 0) await writeTo(process.stdout, 'the policy grants exactly what is needed\n');
}
