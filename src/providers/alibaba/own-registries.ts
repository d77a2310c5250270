import { isJsonObject, type Json, objectsIn } from '../../model/json.ts';
import { answerAt } from '../answer.ts';
import type { Answer, CollectorApi } from '../collector.ts';
import { textOf } from './listed.ts';

/** The calls that a collector declares to know the account's registries. */
export const registryCalls = {
  registries: { operation: 'cr-20181201:ListInstance', must: ['Instances[]', 'Instances[].InstanceId'] },
  registryEndpoints: { operation: 'cr-20181201:ListInstanceEndpoint', must: ['Endpoints[]'] },
} as const;

/**
 * The account's own registries in the region (Container Registry, Enterprise Edition) with the hosts that they answer at:
 * `{ InstanceId, hosts }`. One refusal hides them all, because the host that was asked for may be the one that was not seen.
 * An account without the product has none.
 */
export async function ownRegistries(api: CollectorApi<keyof typeof registryCalls>): Promise<Answer<Json>> {
  const instances = await api.all('registries');
  if ('limit' in instances) return { value: [] };
  if (!('value' in instances)) return instances;
  const ids = instances.value.map((instance) => (isJsonObject(instance) ? textOf(instance['InstanceId']) : ''));
  const read = await Promise.all(ids.map(async (id) => ({ id, endpoints: await api.call('registryEndpoints', { InstanceId: id }, id) })));
  const refused = read.map(({ endpoints }) => endpoints).find((endpoints) => !('value' in endpoints) && !('gone' in endpoints));
  if (refused !== undefined) return refused;
  return {
    value: read.map(({ id, endpoints }) => ({ InstanceId: id, hosts: hostsOf(answerAt(endpoints, 'Endpoints')) })),
    ...('malformed' in instances && { malformed: instances.malformed }),
  };
}

function hostsOf(endpoints: Answer<Json>): readonly string[] {
  const all = 'value' in endpoints ? objectsIn(endpoints.value) : [];
  const hosts = all.flatMap(({ Domains: domains }) => objectsIn(domains).map(({ Domain: host }) => textOf(host).toLowerCase()));
  return [...new Set(hosts)].filter((host) => host !== '').sort();
}
