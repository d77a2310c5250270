import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RecordedAnswer, RecordedCall } from '../../src/demo/answers.ts';
import type { Fault } from '../../src/demo/loopback.ts';
import { createAgents } from '../../src/http/agents.ts';
import { type ProviderName, providerNames } from '../../src/model/ids.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { isRegion } from '../../src/model/place.ts';
import type { Collector } from '../../src/providers/collector.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { providers } from '../../src/providers/providers.generated.ts';
import { answerTypes } from '../../src/providers/shapes.generated.ts';
import { discover } from '../../src/scan/discover/discover.ts';
import { makePlan, needsOfAll } from '../../src/scan/plan.ts';
import { callsOfSigningIn, fixtureAccounts, startCloud } from './clouds.ts';
import { secretTools } from './secret-tools.ts';

/** Compiled once: every replay searches with the same detectors. */
const tools = secretTools();

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface CollectorCase {
  readonly name: string;
  readonly folder: string;
  readonly answers: readonly RecordedAnswer[];
  readonly expectedFile: string;
}

export interface CollectorUnderTest {
  readonly provider: Provider;
  /** Name of its file. */
  readonly file: string;
  readonly collector: Collector;
  /** What runs in its cases: itself, and for what is read by reference those that point at it. */
  readonly collectors: readonly Collector[];
  readonly cases: readonly CollectorCase[];
}

/** Every collector that exists, found by the folders alone. */
export async function collectorsUnderTest(): Promise<readonly CollectorUnderTest[]> {
  const found = await Promise.all(providerNames.map(collectorsOf));
  return found.flat();
}

async function collectorsOf(name: ProviderName): Promise<readonly CollectorUnderTest[]> {
  const folder = join(root, 'src/providers', name, 'collectors');
  const provider = await providers[name]?.();
  if (provider === undefined || !existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  return Promise.all(
    files.sort().map(async (path) => {
      const { default: collector } = (await import(join(folder, path))) as { readonly default: Collector };
      const file = basename(path, '.ts');
      return { provider, file, collector, collectors: withSources(collector, provider.collectors), cases: casesOf(name, file) };
    }),
  );
}

function withSources(collector: Collector, all: readonly Collector[]): readonly Collector[] {
  const wanted = new Set([collector]);
  for (const target of wanted) {
    if (target.per !== 'referenced') continue;
    for (const source of all) if (source.edges.some(({ to }) => to === target.asset)) wanted.add(source);
  }
  return [...wanted];
}

function casesOf(provider: string, file: string): readonly CollectorCase[] {
  const folder = join(root, 'fixtures/providers', provider, file);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .filter((name) => existsSync(join(folder, name, 'answers.json')))
    .map((name) => ({
      name,
      folder: join(folder, name),
      answers: JSON.parse(readFileSync(join(folder, name, 'answers.json'), 'utf8')) as readonly RecordedAnswer[],
      expectedFile: join(folder, name, 'expected.json'),
    }));
}

export interface Replay {
  readonly inventory: Inventory;
  /** Calls of collectors, without those of signing in. */
  readonly calls: readonly RecordedCall[];
  readonly unanswered: readonly RecordedCall[];
  /** Everything that went to progress and debug. */
  readonly said: readonly string[];
  /** The keys that stood in the answers. */
  readonly keys: ReadonlySet<string>;
}

export interface ReplayOptions {
  readonly faults?: (call: RecordedCall) => Fault | undefined;
  readonly timeoutMs?: number;
  readonly attempts?: number;
}

/** Runs the collectors of a case through the real client against the double. Waiting is skipped, the clock stands still in reports. */
export async function replay(
  { provider, collector, collectors: known }: Pick<CollectorUnderTest, 'provider' | 'collectors'> & Partial<CollectorUnderTest>,
  answers: readonly RecordedAnswer[],
  { faults, timeoutMs = 10_000, attempts = 2 }: ReplayOptions = {},
): Promise<Replay> {
  const collectors = collector === undefined ? known : known.filter((one) => one === collector || hasAnswers(one, answers));
  const { fill: generate, ...secrets } = await tools;
  const keys = new Set<string>();
  const fill: typeof generate = (detector, number) => {
    const key = generate(detector, number);
    keys.add(key);
    return key;
  };
  const cloud = await startCloud(provider.name, { answers, fill, ...(faults !== undefined && { faults }) });
  const operations = await provider.operations();
  const optIn = new Set([...operations.values()].filter(({ use }) => use === 'opt-in').map(({ id }) => id));
  const said: string[] = [];
  let skippedMs = 0;
  try {
    const inventory = await discover(
      makePlan(collectors, needsOfAll(collectors), optIn),
      [provider],
      {
        env: { ...cloud.env, SOURCE_DATE_EPOCH: '1767225600' },
        now: () => new Date(Date.now() + skippedMs),
        random: () => 0,
        signal: new AbortController().signal,
        progress: (event) => void said.push(JSON.stringify(event)),
        debug: (line) => void said.push(line),
      },
      {
        tool: { name: 'aispm', version: '0.0.0' },
        connect: () => ({
          selection: {
            profiles: [],
            accounts: [],
            subscriptions: [],
            regions: regionsOf(provider.name, answers),
            org: false,
            named: true,
          },
          endpoint: cloud.endpoint,
          agents: createAgents({ env: {}, ...(cloud.ca !== undefined && { ca: cloud.ca }) }),
          ...(cloud.ca !== undefined && { ca: cloud.ca }),
        }),
        ...secrets,
        types: ({ name }) => answerTypes(name),
        timeoutMs: 10_000,
        retries: { attempts, baseMs: 0, timeoutMs },
        sleep: async (ms) => {
          skippedMs += ms;
          await new Promise((done) => setImmediate(done));
        },
      },
    );
    const calls = cloud.server.calls.filter(({ operation }) => !callsOfSigningIn.has(operation));
    return { inventory, calls, unanswered: cloud.server.unanswered, said, keys };
  } finally {
    await cloud.server.close();
  }
}

/** What points at an asset takes part in the cases that are written for it: one more that does breaks none of the others. */
function hasAnswers({ calls, facts }: Collector, answers: readonly RecordedAnswer[]): boolean {
  // The call that its facts are rooted in: others it may share with collectors that the case is not about.
  const root = facts['']?.[0]?.split('#')[0] ?? '';
  const own = calls[root] ?? Object.values(calls)[0];
  return answers.some(({ operation }) => operation === own?.operation);
}

/** The regions that the answers are of; Azure lists without regions, and sites are asked in any case. */
function regionsOf(provider: ProviderName, answers: readonly RecordedAnswer[]): readonly string[] {
  if (provider === 'azure') return [];
  const named = new Set(answers.flatMap(({ region }) => (region === undefined || !isRegion(region) ? [] : [region])));
  return named.size > 0 ? [...named].sort() : [fixtureAccounts[provider].region];
}
