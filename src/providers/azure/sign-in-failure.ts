import type { GapReason } from '../../model/gap.ts';
import { certificateSentence, networkCode } from '../../http/network-error.ts';

/** The sign-in was given up. */
export class SignInEnded extends Error {
  override readonly name = 'SignInEnded';
  readonly why: 'timeout' | 'interrupted';

  constructor(why: 'timeout' | 'interrupted') {
    super(`the sign-in ended: ${why}`);
    this.why = why;
  }
}

/** What came below the sign-in library during the last attempts. */
export interface SeenOnTheWire {
  readonly error?: unknown;
  /** Entra ID's code of the refusal. */
  readonly code?: string;
}

interface Circumstances {
  readonly wire: SeenOnTheWire;
  readonly method: string;
  readonly login: URL;
}

type Failure =
  | { readonly status: 'not-configured'; readonly detail: string }
  | { readonly status: 'refused'; readonly reason: GapReason; readonly detail: string };

// https://learn.microsoft.com/entra/identity-platform/reference-error-codes
const sentences: { readonly [code: string]: string } = {
  AADSTS7000215: 'the client secret is wrong: AZURE_CLIENT_SECRET takes the value of a secret, not its id',
  AADSTS7000222: 'the client secret has expired: make a new one',
  AADSTS700016: 'the application is not known in this tenant: look at AZURE_CLIENT_ID and AZURE_TENANT_ID',
  AADSTS90002: 'the tenant does not exist: look at AZURE_TENANT_ID',
  AADSTS900023: 'AZURE_TENANT_ID is neither an id nor a domain name',
  AADSTS7000229: 'the application has no service principal in this tenant',
  AADSTS700027: 'the client certificate is not registered with the application',
  AADSTS50057: 'the account is disabled',
  AADSTS50076: 'a second factor is asked for: sign in again with az login',
  AADSTS50173: 'the sign-in has been revoked: sign in again with az login',
  AADSTS700082: 'the sign-in has expired: sign in again with az login',
  AADSTS70043: 'the sign-in has expired: sign in again with az login',
};

/** Puts a failed sign-in into a sentence. The answer's own text stays out: it is long, and not ours to vouch for. */
export function signInFailure(error: unknown, { wire, method, login }: Circumstances): Failure {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof SignInEnded)
    return error.why === 'interrupted'
      ? { status: 'refused', reason: 'interrupted', detail: 'the sign-in was interrupted' }
      : { status: 'refused', reason: 'unavailable', detail: `${login.host} did not answer in time` };
  const network = networkCode(wire.error) ?? networkCode(error);
  const unreadable = /\b(?:ENOENT|EACCES)\b/.exec(`${network} ${text}`)?.[0];
  if (unreadable !== undefined) {
    const files = 'AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE';
    return {
      status: 'refused',
      reason: 'denied',
      detail: `a file of the sign-in cannot be read (${unreadable}): look at ${files}`,
    };
  }
  if (network !== undefined) {
    const detail =
      certificateSentence(network, login.host) ??
      `${login.host} could not be reached (${network}): look at the network, the proxy and --endpoint azure.login=…`;
    return { status: 'refused', reason: 'unavailable', detail };
  }
  const code = /AADSTS\d+/.exec(text)?.[0] ?? wire.code;
  if (code !== undefined)
    return { status: 'refused', reason: 'denied', detail: `${sentences[code] ?? 'the sign-in was refused'} (${code})` };
  if (/tenant id/i.test(text)) return { status: 'refused', reason: 'denied', detail: 'AZURE_TENANT_ID is neither an id nor a domain name' };
  if (method === 'Azure CLI')
    return { status: 'not-configured', detail: 'the Azure CLI is installed and nobody is signed in: run az login' };
  return { status: 'refused', reason: 'denied', detail: `signing in as ${method} failed (${shortCode(error, text)})` };
}

function shortCode(error: unknown, text: string): string {
  const code = /^([a-z][a-z_]{2,40})\b/.exec(text)?.[1];
  return code ?? (error instanceof Error ? error.name : 'unknown error');
}
