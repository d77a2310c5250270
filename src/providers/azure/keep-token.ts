import type { AccessToken, TokenCredential } from '@azure/core-auth';

/** The Azure CLI is a process of its own for every token: one is asked for, and kept until five minutes before its end. */
export function keepToken(credential: TokenCredential, now: () => Date): TokenCredential {
  let kept: Promise<AccessToken | null> | undefined;
  let keptUntil = 0;
  const ask: TokenCredential['getToken'] = async (scopes, options) => {
    const token = await credential.getToken(scopes, options);
    if (token !== null) keptUntil = (token.refreshAfterTimestamp ?? token.expiresOnTimestamp) - 5 * 60 * 1000;
    return token;
  };
  return {
    getToken: (scopes, options) => {
      // A challenge asks for a token with further claims: the kept one would be refused again.
      if (options?.claims !== undefined) return credential.getToken(scopes, options);
      if (kept === undefined || (keptUntil > 0 && now().getTime() >= keptUntil)) {
        keptUntil = 0;
        kept = ask(scopes, options).catch((error: unknown) => {
          kept = undefined;
          throw error;
        });
      }
      return kept;
    },
  };
}
