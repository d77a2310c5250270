import { BaseCommand } from '../cli/base-command.ts';
import { writeTo } from '../cli/output.ts';

export default class Version extends BaseCommand {
  static override readonly summary = 'print the version, Node and platform';

  async run(): Promise<void> {
    const { flags } = await this.invoke(Version);
    const { version, platform, arch } = this.config;
    const facts = { aispm: version, node: process.version, platform: `${platform}-${arch}` };
    await writeTo(
      process.stdout,

      flags.json ? `${JSON.stringify(facts, undefined, 2)}\n` : `aispm/${version} ${platform}-${arch} node-${process.version}\n`,
    );
  }
}
