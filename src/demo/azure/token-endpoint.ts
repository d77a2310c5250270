import { randomBytes } from 'node:crypto';
import type { LoopbackRequest, Reply } from '../loopback.ts';

/** A service principal that the double knows. */
export interface DoubleClient {
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The federated token that stands for the secret where a workload signs in. */
  readonly federatedToken?: string;
  /** Its secret has ended. */
  readonly expired?: true;
}

export interface TokenEndpoint {
  /** The reply to a request of a sign-in, `undefined` for everything else. */
  answer(request: LoopbackRequest): Reply | undefined;
  /** True if this endpoint issued the token. */
  isIssued(token: string): boolean;
}

/** Entra ID as far as a client-credentials grant needs it: OpenID metadata, and opaque tokens. */
export function createTokenEndpoint(clients: readonly DoubleClient[], registryToken?: string): TokenEndpoint {
  const issued = new Set<string>();
  return {
    isIssued: (token) => issued.has(token),
    answer(request) {
      if (request.method === 'POST' && request.url.pathname === '/oauth2/exchange') return exchange(request, issued, registryToken);
      const [, tenant = '', call = ''] = /^\/([^/]+)(\/v2\.0\/\.well-known\/openid-configuration|\/oauth2\/v2\.0\/token)$/.exec(
        request.url.pathname,
      ) ?? [undefined, undefined, undefined];
      if (call === '') return undefined;
      if (!clients.some((client) => client.tenant === tenant))
        return refusal(400, 'invalid_tenant', `AADSTS90002: Tenant '${tenant}' not found.`);
      if (call.endsWith('openid-configuration')) return json(200, metadata(request.url.origin, tenant));
      const form = new URLSearchParams(request.body.toString('utf8'));
      const client = clients.find(({ clientId }) => clientId === form.get('client_id'));
      const problem = refusalOf(form, client);
      if (problem !== undefined) return problem;
      const token = randomBytes(32).toString('base64url');
      issued.add(token);
      return json(200, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token });
    },
  };
}

/** What a registry of images does with a token of Entra ID: https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md */
function exchange({ body }: LoopbackRequest, issued: ReadonlySet<string>, registryToken: string | undefined): Reply {
  const form = new URLSearchParams(body.toString('utf8'));
  const isRight = form.get('grant_type') === 'access_token' && form.get('service') !== null && issued.has(form.get('access_token') ?? '');
  if (!isRight || registryToken === undefined) return json(401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] });
  return json(200, { refresh_token: registryToken });
}

function metadata(origin: string, tenant: string): object {
  return {
    issuer: `${origin}/${tenant}/v2.0`,
    authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

function refusalOf(form: URLSearchParams, client: DoubleClient | undefined): Reply | undefined {
  if (form.get('grant_type') !== 'client_credentials')
    return refusal(400, 'unsupported_grant_type', 'AADSTS70003: The app requested an unsupported grant type.');
  if (client === undefined) return refusal(400, 'unauthorized_client', 'AADSTS700016: Application was not found in the directory.');
  const assertion = form.get('client_assertion');
  const isProven = assertion === null ? form.get('client_secret') === client.clientSecret : assertion === client.federatedToken;
  if (!isProven) return refusal(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.');
  if (client.expired === true) return refusal(401, 'invalid_client', 'AADSTS7000222: The provided client secret keys are expired.');
  return undefined;
}

function refusal(status: number, error: string, error_description: string): Reply {
  return json(status, { error, error_description });
}

function json(status: number, body: object): Reply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}
