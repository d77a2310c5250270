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
  /**
   * Answers a 401 to a request that carried `refused`: a new header, or RegistryError where there is no way in. Requests that are
   * refused at the same time share one answer.
   */
  answer(header: string, scope: string, signal: AbortSignal, refused?: string): Promise<string>;
  /** A request with the login was answered. */
  worked(): void;
  /** Which of the logins that follow each other is in use. */
  era(): number;
  /** Forgets the login of an era that worked and is no longer accepted, if nobody else did. False: none can be made anew. */
  renew(scope: string, era: number): Promise<boolean>;
  /** A login is known for the scope. Nothing is asked. */
  hasLogin(scope: string): boolean;
  /** Why a login that exists was not used, for the sentence of a refusal. */
  note(): string | undefined;
}

interface Asked {
  readonly login: Promise<KnownLogin>;
  endsAt: number;
  isThere: boolean;
}

/** Basic and Bearer as registries speak them: https://distribution.github.io/distribution/spec/auth/token/ */
export function openSignIn(options: SignInOptions): SignIn {
  const kept = new Map<string, Kept>();
  const logins = new Map<string, Asked>();
  const answers = new Map<string, Promise<string>>();
  let takesBasic = false;
  let hasWorked = false;
  let era = 0;
  let note: string | undefined;

  /** By repository, and then by host: which login is the one for it, whoever keeps it knows. */
  async function loginFor(scope: string, signal: AbortSignal): Promise<KnownLogin> {
    const before = logins.get(scope);
    if (before !== undefined && options.now().getTime() < before.endsAt) return before.login;
    const login = options.credentials(options.host, signal, repositoryOfScope(scope));
    const asked: Asked = { login, endsAt: Number.POSITIVE_INFINITY, isThere: false };
    logins.set(scope, asked);
    const found = await login;
    note ??= found.note;
    asked.isThere = found.credential !== undefined;
    asked.endsAt = (found.endsAt?.getTime() ?? Number.POSITIVE_INFINITY) - renewBeforeMs;
    return found;
  }

  function keptHeader(scope: string): string | undefined {
    const entry = kept.get(scope);
    return entry !== undefined && entry.endsAt > options.now().getTime() ? entry.header : undefined;
  }

  async function answerOnce(header: string, scope: string, signal: AbortSignal): Promise<string> {
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
  }

  async function renew(scope: string, refusedEra: number): Promise<boolean> {
    if (refusedEra !== era) return true;
    const known = await logins.get(scope)?.login;
    if (refusedEra !== era) return true;
    if (known?.forget === undefined || !hasWorked || era >= mostRenewals) return false;
    known.forget();
    hasWorked = false;
    era += 1;
    logins.clear();
    kept.clear();
    return true;
  }

  return {
    async known(scope, signal) {
      const entry = keptHeader(scope);
      if (entry !== undefined) return entry;
      if (!takesBasic) return undefined;
      const { credential } = await loginFor(scope, signal);
      return credential?.kind === 'password' ? basicHeader(credential) : undefined;
    },
    async basic(signal) {
      const { credential } = await loginFor('', signal);
      return credential?.kind === 'password' ? basicHeader(credential) : undefined;
    },
    note: () => note,
    worked: () => void (hasWorked = true),
    era: () => era,
    renew,
    hasLogin: (scope) => logins.get(scope)?.isThere === true,
    async answer(header, scope, signal, refused) {
      const fresh = keptHeader(scope);
      if (fresh !== undefined && fresh !== refused) return fresh;
      const underWay = answers.get(scope);
      if (underWay !== undefined) return underWay;
      const begunIn = era;
      const answer = answerOnce(header, scope, signal)
        .catch(async (error: unknown) => {
          const isRefused = error instanceof RegistryError && error.problem.kind === 'sign-in';
          if (!isRefused || !(await renew(scope, begunIn))) throw error;
          return answerOnce(header, scope, signal);
        })
        .finally(() => answers.delete(scope));
      answers.set(scope, answer);
      return answer;
    },
  };
}

function noLogin(host: string, note: string | undefined): string {
  return `${host} asks for a login: sign in with "docker login ${host}"${note === undefined ? '' : `; ${note}`}`;
}

const renewBeforeMs = 2 * 60_000;

/** A registry that ends logins sooner than that is not to be read with them. */
const mostRenewals = 20;
