import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { type OperationId, operationId } from '../../model/ids.ts';
import { mint, type Minted, refused } from '../mint.ts';
import type { RegistryLogin, RegistryLoginOptions, Target } from '../provider.ts';
import { loadOperations } from './operations.ts';

/**
 * Logs in to Container Registry of Alibaba Cloud. An enterprise instance is `NAME-registry[-vpc|-internal].REGION.cr.aliyuncs.com`: the
 * account that holds an instance of that name mints a login of an hour. Images of others (the vendor's own, public ones) are not
 * mine. The personal edition has a fixed password, which no API gives: it comes from `docker login`.
 * https://www.alibabacloud.com/help/acr/developer-reference/api-cr-2018-12-01-getauthorizationtoken
 */
export async function registryLogin(host: string, options: RegistryLoginOptions): Promise<RegistryLogin> {
  const [, name, region] = /^([a-z0-9][a-z0-9-]*)-registry(?:-vpc|-internal)?\.([a-z0-9-]+)\.cr\.aliyuncs\.com$/.exec(host) ?? [];
  if (name === undefined || region === undefined) return { status: 'not-mine' };
  let refusal: RegistryLogin | undefined;
  for (const target of options.connection.targets) {
    const found = await findInstance(name, { target, region }, options);
    if ('refused' in found) refusal = found.refused;
    else if (found.id !== undefined) return logIn(found.id, { target, region }, options);
  }
  return refusal ?? { status: 'not-mine' };
}

interface Place {
  readonly target: Target;
  readonly region: string;
}

async function findInstance(
  name: string,
  place: Place,
  options: RegistryLoginOptions,
): Promise<{ readonly id: string | undefined } | Extract<Minted, { readonly refused: object }>> {
  const { transport } = options.connection;
  const operation = await operationOf('cr-20181201:ListInstance');
  let rows = 0;
  for (let params: JsonObject | undefined = {}; params !== undefined; ) {
    const page = await call(operation.id, params, place, options);
    if ('refused' in page) return page;
    const instances: readonly Json[] = isJsonList(page.answer['Instances']) ? page.answer['Instances'] : [];
    const own = instances.find((instance) => isJsonObject(instance) && instance['InstanceName'] === name);
    const id = isJsonObject(own) ? own['InstanceId'] : undefined;
    if (typeof id === 'string') return { id };
    rows += instances.length;
    params = instances.length === 0 ? undefined : transport.next(operation, params, page.answer, rows);
  }
  return { id: undefined };
}

async function logIn(instance: string, place: Place, options: RegistryLoginOptions): Promise<RegistryLogin> {
  const minted = await call(operationId('cr-20181201:GetAuthorizationToken'), { InstanceId: instance }, place, options);
  if ('refused' in minted) return minted.refused;
  const { TempUsername: username, AuthorizationToken: password, ExpireTime: endsAtMs } = minted.answer;
  if (typeof username !== 'string' || typeof password !== 'string' || password === '' || typeof endsAtMs !== 'number')
    return refused('malformed', 'Alibaba Cloud Container Registry answered with something that is no login').refused;
  return { status: 'ready', credential: { kind: 'password', username, password }, endsAt: new Date(endsAtMs) };
}

async function call(id: OperationId, params: JsonObject, { target, region }: Place, options: RegistryLoginOptions): Promise<Minted> {
  return mint({ operation: await operationOf(id), params, target, region }, options);
}

async function operationOf(id: string) {
  const operation = (await loadOperations()).get(operationId(id));
  if (operation === undefined) throw new Error(`operations.json lacks ${id}`);
  return operation;
}
