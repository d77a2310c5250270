import { askToken, basicHeader, type Kept, type TokenOptions } from './ask-token.ts';
import { parseChallenges } from './challenge.ts';
import type { CredentialSource, KnownLogin } from './login.ts';
import { RegistryError } from './problem.ts';
import { repositoryOfScope } from './scope.ts';

export interface SignInOptions extends TokenOptions {
  /** Logins are looked up by the host as the user knows it. */
  readonly credentials: CredentialSource;
}

export interface SignIn {
  /** The header for a scope, if one is known and still good, or needs no question to a token service. */
  known(scope: string, signal: AbortSignal): Promise<string | undefined>;
  /** The login to the host as a whole, if it is one by password. */
  basic(signal: AbortSignal): Promise<string | undefined>;
  /** Answers a 401: a new header, or RegistryError where there is no way in. */
  answer(header: string, scope: string, signal: AbortSignal): Promise<string>;
  /** Why a login that exists was not used, for the sentence of a refusal. */
  note(): string | undefined;
}

interface Asked {
  readonly login: Promise<KnownLogin>;
  endsAt: number;
}

/** Basic and Bearer as registries speak them: https://distribution.github.io/distribution/spec/auth/token/ */
export function openSignIn(options: SignInOptions): SignIn {
  const kept = new Map<string, Kept>();
  const logins = new Map<string, Asked>();
  let takesBasic = false;
  let note: string | undefined;

  /** By repository, and then by host: which login is the one for it, whoever keeps it knows. */
  async function loginFor(scope: string, signal: AbortSignal): Promise<KnownLogin> {
    const before = logins.get(scope);
    if (before !== undefined && options.now().getTime() < before.endsAt) return before.login;
    const login = options.credentials(options.host, signal, repositoryOfScope(scope));
    const asked: Asked = { login, endsAt: Number.POSITIVE_INFINITY };
    logins.set(scope, asked);
    const found = await login;
    note ??= found.note;
    asked.endsAt = (found.endsAt?.getTime() ?? Number.POSITIVE_INFINITY) - renewBeforeMs;
    return found;
  }

  return {
    async known(scope, signal) {
      const entry = kept.get(scope);
      if (entry !== undefined && entry.endsAt > options.now().getTime()) return entry.header;
      if (!takesBasic) return undefined;
      const { credential } = await loginFor(scope, signal);
      return credential?.kind === 'password' ? basicHeader(credential) : undefined;
    },
    async basic(signal) {
      const { credential } = await loginFor('', signal);
      return credential?.kind === 'password' ? basicHeader(credential) : undefined;
    },
    note: () => note,
    async answer(header, scope, signal) {
      const challenges = parseChallenges(header);
      const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
      const { credential: login } = await loginFor(scope, signal);
      if (bearer !== undefined) {
        const issued = await askToken(bearer, { scope, login }, options, signal, { get: () => note, add: (text) => (note ??= text) });
        kept.set(scope, issued);
        return issued.header;
      }
      if (!challenges.some(({ scheme }) => scheme === 'basic')) {
        const asked = challenges.map(({ scheme }) => scheme).join(', ') || 'nothing that can be understood';
        throw new RegistryError({
          kind: 'unsupported',
          detail: `${options.host} asks for a login by ${asked}; Basic and Bearer are known`,
        });
      }
      if (login?.kind !== 'password') throw new RegistryError({ kind: 'sign-in', detail: noLogin(options.host, note) });
      takesBasic = true;
      return basicHeader(login);
    },
  };
}

function noLogin(host: string, note: string | undefined): string {
  return `${host} asks for a login: sign in with "docker login ${host}"${note === undefined ? '' : `; ${note}`}`;
}

const renewBeforeMs = 2 * 60_000;
