import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { deliver, formats } from '../cli/deliver.ts';
import { targetFlags } from '../cli/flags/reading.ts';
import { gateFlags, outputFlags, summaryFlags } from '../cli/flags/report.ts';
import { imageFlags, imageListFlags, layersAtOnce } from '../cli/flags/images.ts';
import { imageList, imageRequest } from '../cli/image-requests.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeChunks } from '../cli/output.ts';
import { chooseOutputs } from '../cli/output-targets.ts';
import { judgeRequest } from '../cli/requests.ts';
import { interruptionOf } from '../cli/world.ts';

export default class Image extends BaseCommand {
  static override readonly summary = 'look for keys and AI components in images: every layer, platform and tag; no cloud account needed';
  static override readonly description =
    'REF is a reference in a registry ([HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]), an OCI layout (a folder or a tar, ./PATH or oci:PATH) or an archive of docker save (docker-archive:PATH; - is one that is piped in). Name several, list them in a file (--from-file), take other tags of each (--tags all, newest=N or a glob) or all repositories of a registry (--registry). Logins are those of docker login and podman login; for ECR, ACR and the registry of Alibaba Cloud also those that the credentials of the cloud give. A layer that was seen before is not read again.';
  static override readonly examples = [
    '<%= config.bin %> <%= command.id %> ghcr.io/acme/chat:1.4',
    '<%= config.bin %> <%= command.id %> registry.example/ml/chat --tags newest=5 -f sarif=aispm.sarif',
    '<%= config.bin %> <%= command.id %> --registry registry.example/ml/* --tags all --shard 1/4 -f json=part-1.json',
    '<%= config.bin %> <%= command.id %> --from-file images.txt --platform linux/amd64',
    '<%= config.bin %> <%= command.id %> ./image.tar --offline -f json',
  ];
  static override readonly strict = false;
  static override readonly args = { ref: Args.string({ description: 'images to look into' }) };
  static override readonly flags = {
    ...imageListFlags,
    ...imageFlags,
    concurrency: layersAtOnce,
    timeout: targetFlags.timeout,
    'ca-file': targetFlags['ca-file'],
    endpoint: targetFlags.endpoint,
    ...gateFlags,
    ...outputFlags,
    ...summaryFlags,
  };

  async run(): Promise<void> {
    const invocation = await this.invoke(Image);
    const { flags, words, config, world, tell } = invocation;
    const list = await imageList(words, flags, { stdin: process.stdin, signal: world.signal });
    const { startThreadsAhead } = await import('../scan/layers/threads-ahead.ts');
    const threads = startThreadsAhead(flags.concurrency);
    const outputs = chooseOutputs(flags, config.values, formats, 'table');
    const { version } = this.config;
    const judging = await judgeRequest({ checks: [], selected: [], frameworks: [], loaded: [] }, flags, config, version);
    const request = await imageRequest(flags, { env: world.env, version, warn: tell });
    const { readImages } = await import('../scan/images/read-images.ts');
    const { judge } = await import('../scan/judge/judging.ts');
    const inventory = await readImages({ ...request, ...list, threads }, world);
    const besides = await saved(inventory, flags['save-inventory']);
    world.progress({ kind: 'phase', phase: 'evaluate' });
    const signal = interruptionOf(world.signal);
    const { findings, ...head } = judge(inventory, { ...judging, ...(signal !== undefined && { signal }) });
    await deliver(() => ({ head, findings }), outputs, { ...invocation, besides });
    process.exitCode = head.gate.exitCode;
  }
}

async function saved(inventory: object, file: string | undefined): Promise<readonly string[]> {
  if (file === undefined) return [];
  return writeChunks(jsonText(inventory), { format: 'inventory', file }, process.stdout);
}
