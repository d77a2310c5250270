import type { OperationId } from '../model/ids.ts';
import type { Inventory } from '../model/inventory.ts';
import { createAgents } from '../http/agents.ts';
import { UsageError } from '../model/usage-error.ts';
import type { Provider } from '../providers/provider.ts';
import { providers } from '../providers/providers.generated.ts';
import { type ChosenTargets, wordsOfTargets } from './discover/chosen-targets.ts';
import { discover } from './discover/discover.ts';
import { usualConcurrency } from './discover/discover-options.ts';
import { endpointsOf } from './endpoints-of.ts';
import { type ImageChoice, inspectRunImages, needsOfImages } from './images/run-images.ts';
import type { DiscoverOptions } from './discover/discover-options.ts';
import { allowedOperations, makePlan, type Needs, needsOfAll, type Plan } from './plan.ts';
import { cloudLogins } from './discover/cloud-logins.ts';
import type { Shard } from './shard.ts';
import type { SignedIn } from './discover/sign-in.ts';
import type { World } from './world.ts';

/** What to read and how to get there: everything that `scan`, `discover` and `doctor` ask of the outside. */
export interface ReadRequest {
  readonly targets: readonly ChosenTargets[];
  /** `PROVIDER[.SERVICE]=URL`, as the user wrote them. */
  readonly endpoints: readonly string[];
  /** PEM text of further authorities. */
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly offline: boolean;
  /** Requests at once per account, region and service. */
  readonly concurrency?: number;
  readonly rps?: number;
  /** Opt-in operations, by id. */
  readonly allow: readonly string[];
  readonly shard?: Shard;
  /** Content of the user's key for secret digests. */
  readonly digestKey?: Uint8Array;
  readonly toolVersion: string;
  /** Which images of what was read are looked into, and how; none where it is left out. */
  readonly images?: ImageChoice;
  /** Told of the time that each host says it is. */
  readonly onDate?: (host: string, date: string) => void;
}

/** Only those that were chosen are loaded. @throws UsageError for one that this program does not have. */
export async function loadProviders(targets: readonly ChosenTargets[]): Promise<readonly Provider[]> {
  return Promise.all(
    targets.map(({ provider }) => {
      const load = providers[provider];
      if (load === undefined) throw new UsageError(`this aispm has no provider "${provider}"`);
      return load();
    }),
  );
}

/**
 * Reads the chosen targets. `needs` are the fact paths that checks want, by asset type; without them everything that
 * collectors can read is read. Types that `needs` does not name are left out.
 */
export async function read(request: ReadRequest, world: World, needs?: Needs): Promise<Inventory> {
  const chosen = await loadProviders(request.targets);
  const collectors = chosen.flatMap((provider) => provider.collectors);
  const wanted = needs ?? needsOfAll(collectors);
  const plan = makePlan(
    collectors,
    request.images === undefined ? wanted : needsOfImages(collectors, wanted),
    await allowed(chosen, request.allow),
  );
  return readPlan(request, world, chosen, plan);
}

/** Makes the listing calls alone: what can be listed, and what is refused. */
export async function readListings(request: ReadRequest, world: World): Promise<Inventory> {
  const chosen = await loadProviders(request.targets);
  const listing = chosen.flatMap((provider) => provider.collectors).filter(({ per }) => per !== 'referenced');
  return readPlan(request, world, chosen, {
    collectors: listing.map((collector) => ({ collector, asked: new Set<string>() })),
    allowed: new Set(),
  });
}

async function readPlan({ images, ...request }: ReadRequest, world: World, chosen: readonly Provider[], plan: Plan): Promise<Inventory> {
  const { loadDetectorSet } = await import('../secrets/detectors/detectors.ts');
  const { lazyFinder } = await import('../secrets/find.ts');
  const { createInspect } = await import('../secrets/documents/inspect.ts');
  const { createFreeText } = await import('../secrets/documents/free-text.ts');
  const { answerTypes } = await import('../providers/shapes.generated.ts');
  const known = { set: await loadDetectorSet(), ...(request.digestKey !== undefined && { digestKey: request.digestKey }) };
  const secrets = { ...known, finder: lazyFinder(known) };
  const connect = await connectionsOf(request, world);
  const endpointOf = await endpointsOf(request.endpoints);
  return discover(plan, chosen, world, {
    ...(images !== undefined && {
      whileSignedIn: (inventory: Inventory, signedIn: readonly SignedIn[]) =>
        inspectRunImages(
          inventory,
          plan.collectors.map(({ collector }) => collector),
          {
            ...images,
            address: (host) => endpointOf('registry', host, ''),
            logins: { source: cloudLogins(signedIn, { timeoutMs: request.timeoutMs, now: world.now }), when: 'first' },
          },
          world,
        ),
    }),
    tool: { name: 'aispm', version: request.toolVersion },
    connect,
    inspect: createInspect(secrets),
    maskText: createFreeText(secrets),
    types: ({ name }) => answerTypes(name),
    timeoutMs: request.timeoutMs,
    ...(request.rps !== undefined && { rps: request.rps }),
    ...(request.concurrency !== undefined && {
      concurrency: { perService: request.concurrency, inAll: Math.max(usualConcurrency.inAll, request.concurrency) },
    }),
    ...(request.shard !== undefined && { shard: request.shard }),
    selection: wordsOf(request),
  });
}

/** How each provider of the request is entered. */
export async function connectionsOf(request: ReadRequest, world: Pick<World, 'env'>): Promise<DiscoverOptions['connect']> {
  const endpointOf = await endpointsOf(request.endpoints);
  const ca = request.ca === undefined ? {} : { ca: request.ca };
  const watch = request.onDate === undefined ? {} : { onDate: request.onDate };
  const agents = createAgents({ env: world.env, offline: request.offline, ...ca, ...watch });
  return ({ name }) => {
    const { provider: _, ...selection } = targetsOf(request.targets, name);
    return {
      selection: { org: false, ...selection },
      endpoint: (service, region) => endpointOf(name, service, region),
      agents,
      ...ca,
    };
  };
}

async function allowed(chosen: readonly Provider[], names: readonly string[]): Promise<ReadonlySet<OperationId>> {
  if (names.length === 0) return new Set();
  const operations = await Promise.all(chosen.map((provider) => provider.operations()));
  return allowedOperations(names, new Map(operations.flatMap((known) => [...known])));
}

function targetsOf(targets: readonly ChosenTargets[], name: string): ChosenTargets {
  const found = targets.find(({ provider }) => provider === name);
  if (found === undefined) throw new Error(`${name} was loaded and not chosen`);
  return found;
}

function wordsOf({ targets, allow, shard }: ReadRequest): readonly string[] {
  return [
    ...wordsOfTargets(targets),
    ...allow.map((operation) => `allowed: ${operation}`),
    ...(shard === undefined ? [] : [`shard ${shard.index}/${shard.of}`]),
  ];
}
