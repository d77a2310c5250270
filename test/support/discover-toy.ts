import type { Inspect } from '../../src/model/inspect.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { MaskText } from '../../src/providers/inspect-answer.ts';
import { discover } from '../../src/scan/discover/discover.ts';
import type { DiscoverOptions } from '../../src/scan/discover/discover-options.ts';
import { makePlan, needsOfAll, type Plan } from '../../src/scan/plan.ts';
import type { ProgressEvent, World } from '../../src/scan/world.ts';
import http from 'node:http';
import https from 'node:https';
import { startToyCloud, type ToyCloud, type ToyCloudOptions, toyTypes } from './toy-cloud.ts';

/** Keys of the toy cloud. */
const toyKey = /toykey-[a-z0-9]+/g;

/** Stands for the detectors: finds toy keys, keeps what it is told to, and says where text is not what it should be. */
export const toyInspect: Inspect = (value, { encoding, keep = [], name }) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  let decoded: Json | undefined;
  let undecodable: string | undefined;
  try {
    if (encoding === 'json' && typeof value === 'string') decoded = JSON.parse(value) as Json;
  } catch {
    undecodable = 'no JSON';
  }
  const vpc = keep.includes('vpc.id') && isJsonObject(decoded) ? decoded['vpc'] : undefined;
  const kept: JsonObject = vpc === undefined ? {} : { vpc };
  const secrets = (text.match(toyKey) ?? []).map(() => ({
    detector: 'toy.key',
    issuerCandidates: ['Toy'],
    shown: 'toykey-****',
    confidence: 'certain' as const,
    why: 'shape',
    variable: name ?? '',
  }));
  return {
    inspected: { $inspected: true, present: text !== '', secrets, kept },
    ...(undecodable !== undefined && { undecodable }),
  };
};

export const toyMask: MaskText = (text) => {
  const found = text.match(toyKey) ?? [];
  const { inspected } = toyInspect(text, { name: '' });
  return { text: text.replaceAll(toyKey, 'toykey-****'), secrets: found.length > 0 ? inspected.secrets : [] };
};

export interface ToyRun {
  readonly inventory: Inventory;
  readonly cloud: ToyCloud;
  readonly progress: readonly ProgressEvent[];
  readonly debug: readonly string[];
}

export interface ToyRunOptions extends ToyCloudOptions {
  readonly plan?: Plan;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly discover?: Partial<DiscoverOptions>;
}

/** Discovers a toy cloud with a fixed clock and short waits. */
export async function discoverToy(options: ToyRunOptions): Promise<ToyRun> {
  const cloud = await startToyCloud(options);
  const progress: ProgressEvent[] = [];
  const debug: string[] = [];
  const world: World = {
    env: { SOURCE_DATE_EPOCH: '1700000000' },
    now: () => new Date(),
    random: () => 0.5,
    signal: options.signal ?? new AbortController().signal,
    progress: (event) => {
      progress.push(event);
      options.onProgress?.(event);
    },
    debug: (line) => void debug.push(line),
  };
  const plan = options.plan ?? makePlan(cloud.provider.collectors, needsOfAll(cloud.provider.collectors));
  try {
    const inventory = await discover(plan, [cloud.provider], world, {
      tool: { name: 'aispm', version: '0.0.0' },
      connect: () => ({
        selection: { profiles: [], accounts: [], subscriptions: [], regions: [], org: false, named: true },
        endpoint: () => undefined,
        agents: { http: new http.Agent(), https: new https.Agent() },
      }),
      inspect: toyInspect,
      maskText: toyMask,
      types: async () => toyTypes,
      timeoutMs: 300,
      retries: { attempts: 3, baseMs: 1, capMs: 2 },
      ...options.discover,
    });
    return { inventory, cloud, progress, debug };
  } finally {
    await cloud.server.close();
  }
}
