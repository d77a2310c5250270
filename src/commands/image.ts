import { Args } from '@oclif/core';
import { BaseCommand, required } from '../cli/base-command.ts';
import { deliver, formats } from '../cli/deliver.ts';
import { gateFlags, imageFlags, layersAtOnce, outputFlags, summaryFlags, targetFlags } from '../cli/flags.ts';
import { imageRequest } from '../cli/image-requests.ts';
import { chooseOutputs } from '../cli/output-targets.ts';
import { judgeRequest } from '../cli/requests.ts';
import { interruptionOf } from '../cli/world.ts';

export default class Image extends BaseCommand {
  static override readonly summary = 'look for keys and AI components in images: every layer, platform and tag; no cloud account needed';
  static override readonly description =
    'REF is a reference in a registry ([HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]), an OCI layout (a folder or a tar, ./PATH or oci:PATH) or an archive of docker save (docker-archive:PATH). Logins are those of docker login. A layer that was seen before is not read again.';
  static override readonly examples = [
    '<%= config.bin %> <%= command.id %> ghcr.io/acme/chat:1.4',
    '<%= config.bin %> <%= command.id %> registry.example/ml/chat --tags newest=5 -f sarif=aispm.sarif',
    '<%= config.bin %> <%= command.id %> ./image.tar --offline -f json',
  ];
  static override readonly strict = false;
  static override readonly args = { ref: Args.string({ description: 'images to look into' }) };
  static override readonly flags = {
    ...imageFlags,
    concurrency: layersAtOnce,
    timeout: targetFlags.timeout,
    'ca-file': targetFlags['ca-file'],
    ...gateFlags,
    ...outputFlags,
    ...summaryFlags,
  };

  async run(): Promise<void> {
    const invocation = await this.invoke(Image);
    const { flags, words, config, world, tell } = invocation;
    required(words[0], 'the name of an image');
    const outputs = chooseOutputs(flags, config.values, formats, 'table');
    const { version } = this.config;
    const judging = await judgeRequest({ checks: [], selected: [], frameworks: [], loaded: [] }, flags, config, version);
    const request = await imageRequest(flags, { env: world.env, version, warn: tell });
    const { readImages } = await import('../scan/read-images.ts');
    const { judge } = await import('../scan/judging.ts');
    const inventory = await readImages({ ...request, references: words }, world);
    world.progress({ kind: 'phase', phase: 'evaluate' });
    const signal = interruptionOf(world.signal);
    const { findings, ...head } = judge(inventory, { ...judging, ...(signal !== undefined && { signal }) });
    await deliver(() => ({ head, findings }), outputs, invocation);
    process.exitCode = head.gate.exitCode;
  }
}
