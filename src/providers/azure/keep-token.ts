import type { AccessToken, TokenCredential } from '@azure/core-auth';

interface Kept {
  readonly token: Promise<AccessToken | null>;
  /** Zero until the token is there. */
  until: number;
}

/** The Azure CLI is a process of its own for every token: one is asked for of each scope, and kept until five minutes before its end. */
export function keepToken(credential: TokenCredential, now: () => Date): TokenCredential {
  const kept = new Map<string, Kept>();
  const ask = (key: string, ...[scopes, options]: Parameters<TokenCredential['getToken']>): Promise<AccessToken | null> => {
    const token = credential.getToken(scopes, options);
    const entry: Kept = { token, until: 0 };
    kept.set(key, entry);
    token.then(
      (issued) => {
        if (issued !== null) entry.until = (issued.refreshAfterTimestamp ?? issued.expiresOnTimestamp) - 5 * 60 * 1000;
        return undefined;
      },
      () => kept.delete(key),
    );
    return token;
  };
  return {
    getToken: (scopes, options) => {
      // A challenge asks for a token with further claims: the kept one would be refused again.
      if (options?.claims !== undefined) return credential.getToken(scopes, options);
      const key = typeof scopes === 'string' ? scopes : scopes.join(' ');
      const entry = kept.get(key);
      const isOld = entry !== undefined && entry.until > 0 && now().getTime() >= entry.until;
      return entry === undefined || isOld ? ask(key, scopes, options) : entry.token;
    },
  };
}
