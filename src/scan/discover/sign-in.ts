import { operationId, type ProviderName, scopeId } from '../../model/ids.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { Notes } from '../../providers/notes.ts';
import type { Connection, ConnectOptions, Provider } from '../../providers/provider.ts';

export type Ready = Extract<Connection, { readonly status: 'ready' }>;

export interface SignedIn {
  readonly provider: Provider;
  readonly connection: Ready;
}

export interface SignInResult {
  readonly signedIn: readonly SignedIn[];
  readonly notConfigured: Inventory['notConfigured'];
  /** Accounts of which signing in said something: a gap with the call `sign-in` if they could not be entered, or a limit. */
  readonly told: readonly { readonly provider: ProviderName; readonly account: string }[];
}

/** Signs in to all providers at once. What was refused becomes a gap; an error that the user can mend is thrown. */
export async function signIn(
  providers: readonly Provider[],
  options: (provider: Provider) => ConnectOptions,
  notes: Notes,
): Promise<SignInResult> {
  const connections = await Promise.all(providers.map((provider) => provider.connect(options(provider))));
  const signedIn: SignedIn[] = [];
  const notConfigured: { provider: string; detail: string }[] = [];
  const told: { provider: ProviderName; account: string }[] = [];
  connections.forEach((connection, at) => {
    const provider = providers[at];
    if (provider === undefined) return;
    if (connection.status === 'not-configured') {
      notConfigured.push({ provider: provider.name, detail: connection.detail });
      return;
    }
    if (connection.status === 'ready') signedIn.push({ provider, connection });
    const limits = connection.status === 'ready' ? (connection.limits ?? []) : [];
    for (const { account, reason, subject } of limits) notes.limit(scopeId(provider.name, account, 'global'), subject, reason);
    for (const { account } of limits) told.push({ provider: provider.name, account });
    for (const { account, reason, detail } of problemsOf(connection)) {
      notes.gap({ scope: scopeId(provider.name, account, 'global'), call: operationId('sign-in'), reason, detail });
      told.push({ provider: provider.name, account });
    }
  });
  return { signedIn, notConfigured, told };
}

function problemsOf(connection: Exclude<Connection, { readonly status: 'not-configured' }>): Ready['problems'] {
  if (connection.status === 'ready' || connection.problems.length > 0) return connection.problems;
  return [{ account: 'unknown', reason: 'denied', detail: connection.detail }];
}
