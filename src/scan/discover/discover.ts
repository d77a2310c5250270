import type { AssetId } from '../../model/ids.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Provider } from '../../providers/provider.ts';
import type { DiscoverOptions } from './discover-options.ts';
import { readListed } from './first-wave.ts';
import type { Plan } from '../plan.ts';
import { type Run, startRun } from '../run.ts';
import { readReferenced } from './second-wave.ts';
import { openSession } from './session.ts';
import { type SignedIn, signIn } from './sign-in.ts';
import type { World } from '../world.ts';

/**
 * Reads the planned assets of every account and region that can be entered, and says what could not be seen. Nothing throws for
 * a refusal; a UsageError of signing in and a bug do. After an abort of `world.signal` the inventory holds what was read until
 * then, and is marked. The lists are sorted, so that the same answers give the same bytes.
 */
export async function discover(plan: Plan, providers: readonly Provider[], world: World, options: DiscoverOptions): Promise<Inventory> {
  const run = startRun(plan, world, options);
  world.progress({ kind: 'phase', phase: 'sign-in' });
  const { signedIn, notConfigured, told } = await signIn(
    providers,
    (provider) => ({
      ...options.connect(provider),
      env: world.env,
      signal: world.signal,
      now: world.now,
      debug: world.debug,
      timeoutMs: options.timeoutMs,
    }),
    run.notes,
  );
  for (const { provider, account } of told) run.openScope(provider, account, 'global');
  world.progress({ kind: 'phase', phase: 'discover' });
  try {
    await Promise.all(signedIn.map((session) => readProvider(run, session)));
    const inventory = run.inventory(notConfigured);
    return options.whileSignedIn === undefined ? inventory : await options.whileSignedIn(inventory, signedIn);
  } finally {
    for (const { connection } of signedIn) connection.transport.close();
  }
}

async function readProvider(run: Run, signedIn: SignedIn): Promise<void> {
  const session = await openSession(run, signedIn);
  const seen = new Set<AssetId>();
  let pending = await readListed(session);
  // Each wave reads what the one before pointed at, until it points at nothing new.
  while (pending.length > 0) pending = await readReferenced(session, pending, seen);
}
