import { Args, Flags } from '@oclif/core';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BaseCommand, required } from '../../cli/base-command.ts';
import { writeTo } from '../../cli/output.ts';
import { UsageError } from '../../model/usage-error.ts';
import { makeFolder } from '../../scan/make-folder.ts';

export default class ChecksNew extends BaseCommand {
  static override readonly summary = 'write the file of a new check, with every place to fill in marked';
  static override readonly examples = ['<%= config.bin %> <%= command.id %> aws.bedrock-agent.agent-idle-session'];
  static override readonly args = { id: Args.string({ description: '<provider>.<service>.<subject>-<property>' }) };
  static override readonly flags = {
    folder: Flags.string({ description: 'folder of checks', helpValue: 'DIR', default: 'checks' }),
  };

  async run(): Promise<void> {
    const { args, flags, tell } = await this.invoke(ChecksNew);
    const { newCheck } = await import('../../scan/catalogue/new-check.ts');
    const { path: below, text } = await newCheck(required(args.id, 'the id of the new check'));
    const file = path.join(flags.folder, below);
    await makeFolder(path.dirname(file));
    await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw new UsageError(`"${file}" exists already`, { hint: 'choose another id, or edit the file' });
      throw new UsageError(`cannot write "${file}": ${error.code ?? error.message}`, { hint: 'choose another folder with --folder' });
    });
    await writeTo(process.stdout, `${file}\n`);
    tell(`fill it in, then: aispm checks test ${file}`);
  }
}
