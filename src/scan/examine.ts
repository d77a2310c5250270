import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Gap } from '../model/gap.ts';
import type { Inventory } from '../model/inventory.ts';
import { sortedBy } from '../model/order.ts';
import type { Gate } from '../model/report.ts';
import { type Clocks, watchClocks } from './clocks.ts';
import { judgeNothing } from './judge/judging.ts';
import { connectionsOf, loadProviders, type ReadRequest, readListings } from './reading.ts';
import type { World } from './world.ts';

/** What a scan would meet, before it is run. */
export interface Examined {
  readonly identities: readonly { readonly provider: string; readonly account: string; readonly caller: string }[];
  readonly notConfigured: Inventory['notConfigured'];
  /** Each listing call in each scope, and what came of it: worst first would hide that the rest is fine, so they are sorted by call. */
  readonly listings: readonly { readonly call: string; readonly scope: string; readonly result: string }[];
  readonly surroundings: readonly { readonly what: string; readonly state: string }[];
  readonly exitCode: Gate['exitCode'];
  readonly why: string;
}

export async function examine(request: ReadRequest, world: World): Promise<Examined> {
  const clocks = watchClocks(world.now);
  const watched = { ...request, onDate: clocks.note };
  const identities = await identify(watched, world);
  const inventory = await readListings(watched, world);
  const { gate } = judgeNothing(inventory, { toolVersion: request.toolVersion });
  return {
    identities,
    notConfigured: inventory.notConfigured,
    listings: listingsOf(inventory),
    surroundings: surroundingsOf(request, world, clocks),
    exitCode: gate.exitCode,
    why: gate.why,
  };
}

async function identify(request: ReadRequest, world: World): Promise<Examined['identities']> {
  const connect = await connectionsOf(request, world);
  const providers = await loadProviders(request.targets);
  const all = await Promise.all(
    providers.map(async (provider) => {
      const connection = await provider.connect({
        ...connect(provider),
        env: world.env,
        signal: world.signal,
        now: world.now,
        debug: world.debug,
        timeoutMs: request.timeoutMs,
      });
      if (connection.status !== 'ready') return [];
      connection.transport.close();
      return connection.identities.map(({ account, caller }) => ({ provider: provider.name, account, caller }));
    }),
  );
  return all.flat();
}

function listingsOf({ asked, gaps, limits }: Inventory): Examined['listings'] {
  const gapById = new Map(gaps.map((gap) => [gap.id, gap]));
  const limitById = new Map(limits.map((limit) => [limit.id, limit]));
  const rows = asked.flatMap((row) =>
    row.operations.map((call) => {
      const gap = row.gaps.map((id) => gapById.get(id)).find((one) => one?.call === call);
      const limit = row.limits.map((id) => limitById.get(id)).find((one) => one !== undefined);
      return {
        call,
        scope: row.scope,
        result: gap !== undefined ? gapWords(gap) : limit !== undefined ? `${limit.reason}: ${limit.subject}` : 'ok',
      };
    }),
  );
  const signIns = gaps.filter(({ call }) => call === 'sign-in').map((gap) => ({ call: gap.call, scope: gap.scope, result: gapWords(gap) }));
  const once = new Map([...signIns, ...rows].map((row) => [JSON.stringify(row), row]));
  return sortedBy(
    [...once.values()],
    ({ call }) => call,
    ({ scope }) => scope,
  );
}

function gapWords({ reason, detail, permission }: Gap): string {
  return `${reason}: ${detail}${permission === undefined ? '' : ` (grant ${permission})`}`;
}

const proxyNames = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
const tools = ['aws', 'az', 'aliyun'];

function surroundingsOf({ ca }: ReadRequest, { env, now }: World, clocks: Clocks): Examined['surroundings'] {
  const proxies = proxyNames.filter((name) => env[name]);
  const found = tools.map((tool) => {
    const place = (env.PATH ?? '')
      .split(path.delimiter)
      .map((folder) => path.join(folder, tool))
      .find((file) => existsSync(file));
    return { what: `${tool} (runs printed fixes)`, state: place ?? 'not found' };
  });
  return [
    { what: 'node', state: process.version },
    { what: 'clock', state: `${now().toISOString()}, ${clocks.inWords()}` },
    {
      what: 'proxy',
      state: proxies.length === 0 ? 'none' : `${proxies.join(', ')} set${env.NO_PROXY || env.no_proxy ? ', NO_PROXY set' : ''}`,
    },
    { what: 'certificate authorities', state: ca === undefined ? "Node's own" : "Node's own and --ca-file" },
    ...found,
  ];
}
