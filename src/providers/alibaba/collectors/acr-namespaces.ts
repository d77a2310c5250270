import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { namespaceId, registryId } from '../resource-ids.ts';

/** Namespaces of Container Registry, with what a repository in them is made like. */
export default defineCollector({
  asset: 'alibaba.acr.namespace',
  per: 'region',
  calls: {
    instances: { operation: 'cr-20181201:ListInstance', must: ['Instances[].InstanceId'] },
    namespaces: { operation: 'cr-20181201:ListNamespace', must: ['Namespaces[].NamespaceName'] },
  },
  facts: {
    '': 'namespaces#Namespaces[]',
    $instanceId: 'instances#Instances[].InstanceId',
  },
  edges: [{ kind: 'uses', from: '$instanceId', to: 'alibaba.acr.instance', id: (instance, scope) => registryId(scope, instance) }],
  async *list(api, scope) {
    for await (const page of api.pages('instances')) {
      for (const { InstanceId } of rowsOf(page, 'Instances')) {
        const instance = textOf(InstanceId);
        for await (const namespaces of api.pages('namespaces', { InstanceId: instance }, instance)) {
          for (const item of rowsOf(namespaces, 'Namespaces')) {
            const name = textOf(item['NamespaceName']);
            yield { id: namespaceId(scope, instance, name), name, key: { InstanceId: instance }, item };
          }
        }
      }
    }
  },
  // oxlint-disable-next-line typescript/require-await -- reads are asynchronous by their type
  async read(_, { key }) {
    return { $instanceId: { value: key['InstanceId'] ?? null } };
  },
});
