import { Flags } from '@oclif/core';
import path from 'node:path';
import { BaseCommand } from '../cli/base-command.ts';
import { deliver } from '../cli/deliver.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeChunks } from '../cli/output.ts';
import { chosenChecks } from '../cli/requests.ts';
import { interruptionOf } from '../cli/world.ts';
import type { World } from '../scan/world.ts';

export default class Demo extends BaseCommand {
  static override readonly summary = 'scan an estate that is built in: three clouds and a registry on loopback, offline, no account needed';
  static override readonly description =
    "Starts servers on 127.0.0.1 that speak the clouds' own protocols, scans them with the real clients, and writes report.json, aispm.sarif and inventory.json into one folder. Exits 0 when it ran; the summary says with which code a real scan would have ended.";
  static override readonly examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> -o /tmp/aispm-demo'];
  static override readonly flags = {
    output: Flags.string({
      char: 'o',
      description: 'folder to write into',
      helpValue: 'DIR',
      default: 'aispm-demo',
      env: 'AISPM_DEMO_OUTPUT',
    }),
  };

  async run(): Promise<void> {
    const invocation = await this.invoke(Demo);
    const { flags, tell, world, progress } = invocation;
    const { version, root } = this.config;
    const { startEstate } = await import('../demo/estate.ts');
    const { exampleSecrets } = await import('../scan/example-secrets.ts');
    tell('Starting three clouds and a registry of images on loopback: AWS, Azure, Alibaba Cloud.');
    const estate = await startEstate({ fixtures: path.join(root, 'fixtures', 'demo'), fill: await exampleSecrets(), now: world.now() });
    try {
      tell('Scanning them with the real clients. Nothing leaves this machine.');
      const inventory = await readEstate(estate, { ...world, env: estate.env }, { version, warn: tell });
      world.progress({ kind: 'phase', phase: 'evaluate' });
      const { judge } = await import('../scan/judge/judging.ts');
      const { knownImageRules } = await import('../scan/images/known-image-rules.ts');
      const catalogue = await chosenChecks({});
      const signal = interruptionOf(world.signal);
      const { findings, ...head } = judge(inventory, {
        checks: catalogue.checks,
        selected: catalogue.selected,
        frameworks: catalogue.frameworks,
        imageRules: await knownImageRules(),
        policy: {},
        failOn: 'high',
        includePass: false,
        toolVersion: version,
        ...(signal !== undefined && { signal }),
      });
      const file = (name: string) => path.join(flags.output, name);
      const inventoryFiles = await writeChunks(jsonText(inventory), { format: 'inventory', file: file('inventory.json') }, process.stdout);
      await deliver(
        () => ({ head, findings }),
        [
          { format: 'json', file: file('report.json') },
          { format: 'sarif', file: file('aispm.sarif') },
        ],
        { ...invocation, flags: {}, besides: inventoryFiles, exitLine: (line) => `A real scan would have ended with ${line}` },
      );
      tell(`Every finding with its fix: npx aispm convert ${file('report.json')}`);
      process.exitCode = signal === undefined ? 0 : head.gate.exitCode;
    } finally {
      progress.end();
      await estate.close();
    }
  }
}

async function readEstate(
  estate: import('../demo/estate.ts').Estate,
  world: World,
  { version: toolVersion, warn }: { readonly version: string; readonly warn: (text: string) => void },
) {
  const { read } = await import('../scan/reading.ts');
  const one = { profiles: [], accounts: [], subscriptions: [], named: true } as const;
  return read(
    {
      targets: [
        { ...one, provider: 'aws', regions: estate.regions.aws },
        { ...one, provider: 'azure', regions: [] },
        { ...one, provider: 'alibaba', regions: estate.regions.alibaba },
      ],
      endpoints: estate.endpoints,
      ca: estate.ca,
      timeoutMs: 10_000,
      offline: false,
      allow: [],
      toolVersion,
      images: { of: 'ai', plainHttp: [], timeoutMs: 10_000, offline: false, toolVersion, warn },
    },
    world,
  );
}
