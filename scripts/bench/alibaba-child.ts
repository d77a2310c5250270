/** Discovers the loopback estate of Alibaba Cloud in a process of its own, and says how long it took and what it held. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createAgents } from '../../src/http/agents.ts';
import alibaba from '../../src/providers/alibaba/provider.ts';
import { answerTypes } from '../../src/providers/shapes.generated.ts';
import { discover } from '../../src/scan/discover/discover.ts';
import { makePlan } from '../../src/scan/plan.ts';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { createFreeText } from '../../src/secrets/documents/free-text.ts';
import { createInspect } from '../../src/secrets/documents/inspect.ts';
import { type AlibabaEstate, keys } from './alibaba-estate.ts';

export interface Measured {
  readonly ms: number;
  readonly assets: number;
  readonly peakMb: number;
  readonly heapKb: number;
}

/** Runs the discovery in a child. */
export function measureAlibaba(estate: AlibabaEstate): Promise<Measured> {
  return askOf('./alibaba-child.ts', estate, ['--expose-gc']).then(({ message }) => message as Measured);
}

async function askOf(file: string, estate: AlibabaEstate, more: readonly string[] = []) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(estate)], { execArgv: [...process.execArgv, ...more] });
  const message = await new Promise<unknown>((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return { child, message };
}

async function measure(estate: AlibabaEstate): Promise<Measured> {
  const { child: server, message: origin } = await askOf('./alibaba-estate.ts', estate);
  const collectors = alibaba.collectors.filter(({ asset }) => asset === 'alibaba.eas.service');
  const set = await loadDetectorSet();
  const agents = createAgents({ env: {} });
  const started = performance.now();
  const inventory = await discover(
    // What the listing and one detail call of each service give.
    makePlan(collectors, { 'alibaba.eas.service': new Set(['Status']) }),
    [alibaba],
    {
      env: { HOME: '/nonexistent', ALIBABA_CLOUD_ACCESS_KEY_ID: keys.accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: keys.accessKeySecret },
      now: () => new Date(),
      random: Math.random,
      signal: new AbortController().signal,
      progress: () => {},
      debug: () => {},
    },
    {
      tool: { name: 'aispm', version: '0.0.0' },
      connect: () => ({
        selection: { profiles: [], accounts: [], subscriptions: [], regions: estate.regions, org: false, named: true },
        endpoint: (service, region) => new URL(`${String(origin)}/${region}/${service}`),
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
  server.disconnect();
  if (inventory.gaps.length > 0) throw new Error(`the estate was not read: ${inventory.gaps[0]?.detail}`);
  global.gc?.();
  return {
    ms,
    assets: inventory.assets.length,
    // Kilobytes on Linux.
    peakMb: process.resourceUsage().maxRSS / 1024,
    heapKb: process.memoryUsage().heapUsed / 1024,
  };
}

if (process.send !== undefined && process.argv[1]?.includes('alibaba-child') === true) {
  process.send(await measure(JSON.parse(process.argv[2] ?? '{}') as AlibabaEstate));
  process.disconnect();
}
