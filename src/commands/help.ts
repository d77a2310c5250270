import { loadHelpClass } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';

export default class HelpCommand extends BaseCommand {
  static override readonly summary = 'help for a command';
  static override readonly strict = false;

  async run(): Promise<void> {
    const { words } = await this.invoke(HelpCommand);
    const Help = await loadHelpClass(this.config);
    await new Help(this.config, this.config.pjson.oclif.helpOptions).showHelp([...words]);
  }
}
