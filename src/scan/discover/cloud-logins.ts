import type { CredentialSource, KnownLogin } from '../../images/sources/registry/login.ts';
import type { RegistryLogin } from '../../providers/provider.ts';
import type { SignedIn } from './sign-in.ts';

/** A login that ends sooner is made anew. */
const marginMs = 5 * 60_000;

/** The logins to registries of the clouds that are signed in to. Each is asked for when a registry wants one, and kept in memory until it ends. */
export function cloudLogins(
  signedIn: readonly SignedIn[],
  { timeoutMs, now }: { readonly timeoutMs: number; readonly now: () => Date },
): CredentialSource {
  const known = new Map<string, Promise<RegistryLogin>>();

  async function ask(host: string, signal: AbortSignal): Promise<RegistryLogin> {
    let refusal: RegistryLogin = { status: 'not-mine' };
    for (const { provider, connection } of signedIn) {
      const login = await provider.registryLogin?.(host, { connection, timeoutMs, now, signal });
      if (login?.status === 'ready') return login;
      if (login?.status === 'refused') refusal = login;
    }
    return refusal;
  }

  return async (host, signal): Promise<KnownLogin> => {
    let asked = known.get(host);
    const before = await asked;
    const isGood = before !== undefined && (before.status !== 'ready' || before.endsAt.getTime() - now().getTime() > marginMs);
    // While it was waited for, another question may have made a new one.
    if (!isGood && known.get(host) === asked) known.set(host, ask(host, signal));
    asked = known.get(host);
    const login = await asked;
    if (login?.status === 'refused') return { note: login.detail };
    if (login?.status !== 'ready') return {};
    const forget = (): void => {
      if (known.get(host) === asked) known.delete(host);
    };
    return { credential: login.credential, endsAt: login.endsAt, forget };
  };
}
