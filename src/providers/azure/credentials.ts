import type { TokenCredential } from '@azure/core-auth';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { ClientSecretCredentialOptions } from '@azure/identity';
import type { GapReason } from '../../model/gap.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { ConnectOptions } from '../provider.ts';
import { pipelineOptions } from './arm-reader.ts';
import { baseOf, type Cloud } from './clouds.ts';
import { findOnPath } from './find-on-path.ts';
import { keepToken } from './keep-token.ts';
import { type SeenOnTheWire, SignInEnded, signInFailure } from './sign-in-failure.ts';

/** What signing in came to. The token itself stays inside `credential`. */
export type SignIn =
  | { readonly status: 'not-configured'; readonly detail: string }
  | { readonly status: 'refused'; readonly reason: GapReason; readonly detail: string }
  | { readonly status: 'ready'; readonly credential: TokenCredential; readonly caller: string };

/** One way to sign in, chosen by what the environment holds. */
interface Method {
  readonly name: string;
  /** Who that is, for people; no secret. */
  readonly caller: string;
  open(options: ClientSecretCredentialOptions): Promise<TokenCredential>;
}

/** Signs in once, the first way that the environment is set up for, and keeps the token while it is valid. */
export async function signIn(options: ConnectOptions, cloud: Cloud): Promise<SignIn> {
  const method = chooseMethod(options.env);
  if ('missing' in method) return { status: 'not-configured', detail: method.missing };

  let wire: SeenOnTheWire = {};
  const settings: ClientSecretCredentialOptions = {
    ...pipelineOptions(options),
    // No guarded call stands behind this one.
    retryOptions: { maxRetries: 1, retryDelayInMs: 300 },
    authorityHost: baseOf(cloud.login),
    // Microsoft's instance discovery knows its own authorities only; asking it about another one fails the sign-in.
    disableInstanceDiscovery: !cloud.loginIsPublic,
    additionalPolicies: [{ policy: watch((seen) => (wire = { ...wire, ...seen })), position: 'perRetry' }],
  };
  try {
    const credential = keepToken(await method.open(settings), options.now);
    await withDeadline(credential.getToken(cloud.tokenScope), options);
    return { status: 'ready', credential, caller: method.caller };
  } catch (error) {
    return signInFailure(error, { wire, method: method.name, login: cloud.login });
  }
}

function chooseMethod(env: ConnectOptions['env']): Method | { readonly missing: string } {
  const asked = env['AZURE_TOKEN_CREDENTIALS'];
  const wants = wanted(asked);
  const tenantId = set(env['AZURE_TENANT_ID']);
  const clientId = set(env['AZURE_CLIENT_ID']);
  const secret = set(env['AZURE_CLIENT_SECRET']);
  const certificatePath = set(env['AZURE_CLIENT_CERTIFICATE_PATH']);
  const tokenFilePath = set(env['AZURE_FEDERATED_TOKEN_FILE']);

  if (wants('EnvironmentCredential') && (secret ?? certificatePath) !== undefined) {
    if (tenantId === undefined || clientId === undefined) {
      const absent = [...(tenantId ? [] : ['AZURE_TENANT_ID']), ...(clientId ? [] : ['AZURE_CLIENT_ID'])].join(' and ');
      return { missing: `a service principal's secret or certificate is set, but ${absent} is not` };
    }
    return servicePrincipal(tenantId, clientId, secret, certificatePath, env['AZURE_CLIENT_CERTIFICATE_PASSWORD']);
  }
  if (wants('WorkloadIdentityCredential') && tokenFilePath && tenantId && clientId) {
    return {
      name: 'workload identity',
      caller: `workload identity ${clientId} in tenant ${tenantId}`,
      open: async (options) => {
        const { WorkloadIdentityCredential } = await import('@azure/identity');
        return new WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath });
      },
    };
  }
  // Looking for a managed identity means calling an address that answers on Azure's own machines only: done when asked.
  if ((asked !== undefined || env['IDENTITY_ENDPOINT'] !== undefined) && wants('ManagedIdentityCredential'))
    return managedIdentity(clientId);
  if (wants('AzureCliCredential') && findOnPath('az', env) !== undefined) return azureCli(tenantId);
  return {
    missing:
      'set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or sign in with the Azure CLI (az login); on an Azure machine set AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential',
  };
}

function servicePrincipal(
  tenantId: string,
  clientId: string,
  secret: string | undefined,
  certificatePath: string | undefined,
  certificatePassword: string | undefined,
): Method {
  return {
    name: 'service principal',
    caller: `service principal ${clientId} in tenant ${tenantId}`,
    open: async (options) => {
      const { ClientCertificateCredential, ClientSecretCredential } = await import('@azure/identity');
      if (secret !== undefined) return new ClientSecretCredential(tenantId, clientId, secret, options);
      const certificate = {
        certificatePath: certificatePath ?? '',
        ...(certificatePassword !== undefined && { certificatePassword }),
      };
      return new ClientCertificateCredential(tenantId, clientId, certificate, options);
    },
  };
}

function managedIdentity(clientId: string | undefined): Method {
  return {
    name: 'managed identity',
    caller: clientId === undefined ? 'managed identity of this machine' : `managed identity ${clientId}`,
    open: async (options) => {
      const { ManagedIdentityCredential } = await import('@azure/identity');
      return new ManagedIdentityCredential({ ...options, ...(clientId !== undefined && { clientId }) });
    },
  };
}

function azureCli(tenantId: string | undefined): Method {
  return {
    name: 'Azure CLI',
    caller: 'the account that is signed in to the Azure CLI',
    open: async () => {
      const { AzureCliCredential } = await import('@azure/identity');
      return new AzureCliCredential({ processTimeoutInMs: 20_000, ...(tenantId !== undefined && { tenantId }) });
    },
  };
}

const credentialNames = ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential', 'AzureCliCredential'] as const;
type CredentialName = (typeof credentialNames)[number];

/** `AZURE_TOKEN_CREDENTIALS` narrows the choice as in the vendor's own chain: `prod`, `dev` or one name. */
function wanted(asked: string | undefined): (name: CredentialName) => boolean {
  if (asked === undefined || asked === '') return () => true;
  const lower = asked.toLowerCase();
  if (lower === 'prod') return (name) => name !== 'AzureCliCredential';
  if (lower === 'dev') return (name) => name === 'AzureCliCredential';
  const only = credentialNames.find((name) => name.toLowerCase() === lower);
  if (only !== undefined) return (name) => name === only;
  throw new UsageError(`AZURE_TOKEN_CREDENTIALS names no way to sign in that is known here: "${asked}"`, {
    hint: `use prod, dev or one of ${credentialNames.join(', ')}`,
  });
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** The library tells all failures to find a tenant or to reach the authority alike; the reasons are seen here. */
function watch(note: (seen: SeenOnTheWire) => void): PipelinePolicy {
  return {
    name: 'watchSignIn',
    sendRequest: async (request, next) => {
      try {
        const response = await next(request);
        const code = response.status < 400 ? undefined : /AADSTS\d+/.exec(response.bodyAsText ?? '')?.[0];
        if (code !== undefined) note({ code });
        return response;
      } catch (error) {
        note({ error });
        throw error;
      }
    },
  };
}

/** The library takes no deadline for the requests of a sign-in. */
async function withDeadline<T>(promise: Promise<T>, { timeoutMs, signal }: ConnectOptions): Promise<T> {
  let stop = () => {};
  const ended = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new SignInEnded('timeout')), timeoutMs);
    const onAbort = () => reject(new SignInEnded('interrupted'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    stop();
  }
}
