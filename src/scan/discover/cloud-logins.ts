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
    const before = await known.get(host);
    const isGood = before !== undefined && (before.status !== 'ready' || before.endsAt.getTime() - now().getTime() > marginMs);
    if (!isGood) known.set(host, ask(host, signal));
    const login = isGood ? before : await known.get(host);
    if (login?.status === 'ready') return { credential: login.credential, endsAt: login.endsAt };
    return login?.status === 'refused' ? { note: login.detail } : {};
  };
}
