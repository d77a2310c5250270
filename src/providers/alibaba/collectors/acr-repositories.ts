import { type Json, objectsIn } from '../../../model/json.ts';
import { repositoryOfReference } from '../../../model/image-reference.ts';
import { type Answer, defineCollector, type Item, type ScopeContext } from '../../collector.ts';
import { mapRows, rowsOf, textOf } from '../listed.ts';
import { registryId, repositoryId } from '../resource-ids.ts';

/**
 * Repositories of Container Registry. Each is linked to the image repositories that it is known as, one for each domain of its
 * instance, so that a key that was found in an image leads to the repository it is kept in.
 */
export default defineCollector({
  asset: 'alibaba.acr.repository',
  per: 'region',
  calls: {
    instances: { operation: 'cr-20181201:ListInstance', must: ['Instances[].InstanceId'] },
    repositories: {
      operation: 'cr-20181201:ListRepository',
      must: ['Repositories[].RepoName', 'Repositories[].RepoNamespaceName'],
    },
    endpoints: { operation: 'cr-20181201:ListInstanceEndpoint', must: ['Endpoints[].EndpointType'] },
  },
  facts: {
    '': 'repositories#Repositories[]',
    $instanceId: 'instances#Instances[].InstanceId',
    $references: 'endpoints#Endpoints[].Domains[].Domain',
  },
  edges: [
    { kind: 'uses', from: '$instanceId', to: 'alibaba.acr.instance', id: (instance, scope) => registryId(scope, instance) },
    { kind: 'holds', from: '$references[]', to: 'oci.repository', id: repositoryOfReference },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('instances')) {
      for (const { InstanceId } of rowsOf(page, 'Instances')) {
        const instance = textOf(InstanceId);
        for await (const repositories of api.pages('repositories', { InstanceId: instance }, instance)) {
          for (const item of rowsOf(repositories, 'Repositories')) yield itemOf(item, instance, scope);
        }
      }
    }
  },
  async read(api, { key, name }) {
    const instance = textOf(key['InstanceId']);
    // The call of the instance, which is remembered: all its repositories have the same domains.
    const endpoints = await api.all('endpoints', { InstanceId: instance }, instance);
    return { $instanceId: { value: instance }, $references: referencesOf(endpoints, name) };
  },
});

function itemOf(item: Item['key'], instance: string, scope: ScopeContext): Item {
  const namespace = textOf(item['RepoNamespaceName']);
  const name = textOf(item['RepoName']);
  return { id: repositoryId(scope, instance, namespace, name), name: `${namespace}/${name}`, key: { InstanceId: instance }, item };
}

function referencesOf(endpoints: Answer<readonly Json[]>, path: string): Answer<Json> {
  return mapRows(endpoints, (rows) => {
    const domains = rows.flatMap(({ Domains }) => objectsIn(Domains)).map(({ Domain }) => textOf(Domain));
    return [...new Set(domains)]
      .filter((domain) => domain !== '')
      .sort()
      .map((domain) => `${domain}/${path}`);
  });
}
