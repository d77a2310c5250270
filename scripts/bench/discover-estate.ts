import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createAgents } from '../../src/http/agents.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import aws from '../../src/providers/aws/provider.ts';
import { answerTypes } from '../../src/providers/shapes.generated.ts';
import { discover } from '../../src/scan/discover/discover.ts';
import { makePlan, needsOfAll } from '../../src/scan/plan.ts';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { createFreeText } from '../../src/secrets/documents/free-text.ts';
import { createInspect } from '../../src/secrets/documents/inspect.ts';
import { type EstateOptions, keys } from './estate.ts';

export interface Discovery {
  readonly ms: number;
  readonly inventory: Inventory;
}

/** Serves the estate, and discovers it through AWS's own clients with the usual limits. */
export async function discoverEstate(options: EstateOptions): Promise<Discovery> {
  const server = fork(fileURLToPath(new URL('./estate.ts', import.meta.url)), [JSON.stringify(options)], { execArgv: process.execArgv });
  try {
    const origin = await new Promise<string>((resolve, reject) => {
      server.once('message', (message) => resolve(message as string));
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`the estate ended with ${code}`)));
    });
    return await timed(new URL(origin), options);
  } finally {
    server.disconnect();
  }
}

async function timed(origin: URL, { regions }: EstateOptions): Promise<Discovery> {
  const collectors = aws.collectors.filter(({ asset }) => asset === 'aws.sagemaker.notebook-instance');
  const set = await loadDetectorSet();
  const env = {
    HOME: '/nonexistent',
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const agents = createAgents({ env: {} });
  const started = performance.now();
  const inventory = await discover(
    makePlan(collectors, needsOfAll(collectors)),
    [aws],
    {
      env,
      now: () => new Date(),
      random: Math.random,
      signal: new AbortController().signal,
      progress: () => {},
      debug: () => {},
    },
    {
      tool: { name: 'aispm', version: '0.0.0' },
      connect: () => ({
        selection: { profiles: [], accounts: [], subscriptions: [], regions, org: false, named: true },
        endpoint: () => origin,
        agents,
      }),
      inspect: createInspect({ set }),
      maskText: createFreeText({ set }),
      types: ({ name }) => answerTypes(name),
      timeoutMs: 30_000,
    },
  );
  const ms = performance.now() - started;
  agents.http.destroy();
  if (inventory.gaps.length > 0) throw new Error(`the estate was not read: ${inventory.gaps[0]?.detail}`);
  return { ms, inventory };
}
