import { BaseCommand } from '../../cli/base-command.ts';
import { checkFlags } from '../../cli/flags/checks.ts';
import { writeTo } from '../../cli/output.ts';
import { chosenChecks } from '../../cli/requests.ts';
import { tableText } from '../../cli/table-text.ts';

export default class FrameworksList extends BaseCommand {
  static override readonly summary = 'list the frameworks, with how many checks map (published) and relate (our own reading) to each';
  static override readonly flags = { checks: checkFlags.checks };

  async run(): Promise<void> {
    const { flags } = await this.invoke(FrameworksList);
    const { frameworks, checks } = await chosenChecks(flags);
    const rows = frameworks.map(({ id, title, version }) => ({
      id,
      title,
      version,
      published: checks.filter(({ maps }) => (maps[id] ?? []).length > 0).length,
      ownReading: checks.filter(({ relates }) => (relates[id] ?? []).length > 0).length,
    }));
    if (flags.json) {
      await writeTo(process.stdout, `${JSON.stringify(rows, undefined, 2)}\n`);
      return;
    }
    const header = ['ID', 'VERSION', 'PUBLISHED', 'OUR READING', 'TITLE'];
    await writeTo(
      process.stdout,
      tableText([header, ...rows.map((row) => [row.id, row.version, String(row.published), String(row.ownReading), row.title])]),
    );
  }
}
