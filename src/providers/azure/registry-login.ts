import type { GapReason } from '../../model/gap.ts';
import { isJsonObject, jsonIn } from '../../model/json.ts';
import type { RegistryLogin, RegistryLoginOptions } from '../provider.ts';
import { certificateSentence } from '../../http/network-error.ts';
import { ArmError, type ArmProblem } from './arm-error.ts';
import { type ArmConnection, pipelineOptions, withinDeadline } from './arm-reader.ts';
import { originGuard } from './origin-guard.ts';
import type { AzureSession } from './transport.ts';

/** Suffix of the login servers of each cloud. A token of Entra ID is sent to no other host: it opens the whole account. */
const suffixes: { readonly [cloud: string]: string } = {
  AzureCloud: 'azurecr.io',
  AzureUSGovernment: 'azurecr.us',
  AzureChinaCloud: 'azurecr.cn',
};

/** Documented for the public cloud; the others take tokens of Azure Resource Manager. https://aka.ms/acr/authentication */
const publicScope = 'https://containerregistry.azure.net/.default';

/** Three hours, says the vendor; asked for anew well before. https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md */
const lifeMs = 60 * 60_000;

/**
 * Logs in to Azure Container Registry: the caller's token of Entra ID is exchanged at the registry for a refresh token, which the
 * registry's own token service then turns into access tokens.
 */
export async function registryLogin(host: string, options: RegistryLoginOptions): Promise<RegistryLogin> {
  const [target] = options.connection.targets;
  if (target === undefined) return { status: 'not-mine' };
  const { connection } = target.session as AzureSession; // the provider puts nothing else into its targets
  const suffix = suffixes[connection.cloud.name];
  if (suffix === undefined || !new RegExp(`^[a-z0-9-]+\\.${suffix.replace('.', '\\.')}$`).test(host)) return { status: 'not-mine' };
  try {
    const scope = connection.cloud.name === 'AzureCloud' ? publicScope : connection.cloud.tokenScope;
    const token = await connection.credential.getToken(scope);
    if (token === null) return refusal('denied', 'Entra ID gave no token for Azure Container Registry');
    return await exchange(host, token.token, connection, options);
  } catch (error) {
    if (!(error instanceof ArmError)) return refusal('denied', 'Entra ID refused a token for Azure Container Registry');
    return unanswered(error.problem, host);
  }
}

function unanswered(problem: ArmProblem, host: string): RegistryLogin {
  if (problem.kind === 'interrupted') return refusal('interrupted', 'the run was interrupted before the login');
  if (problem.kind === 'timeout') return refusal('unavailable', `${host} gave no answer to the login within ${problem.timeoutMs} ms`);
  if (problem.kind === 'network')
    return refusal(
      'unavailable',
      certificateSentence(problem.code, host) ?? `${host} could not be reached for the login (${problem.code})`,
    );
  return refusal('denied', `the login to ${host} failed (${problem.kind})`);
}

async function exchange(
  host: string,
  token: string,
  connection: ArmConnection,
  { signal, now }: RegistryLoginOptions,
): Promise<RegistryLogin> {
  const core = await import('@azure/core-rest-pipeline');
  const origin = connection.registryOrigin(host);
  const pipeline = core.createPipelineFromOptions(pipelineOptions(connection));
  pipeline.addPolicy(originGuard(origin.origin), { afterPhase: 'Sign' });
  const form = new URLSearchParams({ grant_type: 'access_token', service: host, access_token: token });
  const answer = await withinDeadline(connection, signal, (abortSignal) =>
    pipeline.sendRequest(
      core.createDefaultHttpClient(),
      core.createPipelineRequest({
        url: new URL('/oauth2/exchange', origin).href,
        method: 'POST',
        headers: core.createHttpHeaders({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }),
        body: form.toString(),
        abortSignal,
      }),
    ),
  );
  if (answer.status !== 200) {
    const reason = answer.status === 429 ? 'throttled' : answer.status >= 500 ? 'unavailable' : 'denied';
    return refusal(reason, `${host} did not accept the token of Entra ID (${answer.status}): the caller needs the role AcrPull`);
  }
  const refreshToken = refreshTokenIn(answer.bodyAsText ?? '');
  if (refreshToken === undefined) return refusal('malformed', `${host} answered with something that is no token`);
  return { status: 'ready', credential: { kind: 'identity-token', token: refreshToken }, endsAt: new Date(now().getTime() + lifeMs) };
}

function refreshTokenIn(body: string): string | undefined {
  const answer = jsonIn(body);
  const token = isJsonObject(answer) ? answer['refresh_token'] : undefined;
  return typeof token === 'string' && token !== '' ? token : undefined;
}

const refusal = (reason: GapReason, detail: string): RegistryLogin => ({ status: 'refused', reason, detail });
