import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { clusterId, nodeId } from '../resource-ids.ts';

/** Nodes of LINGJUN clusters: bare-metal GPU machines. */
export default defineCollector({
  asset: 'alibaba.lingjun.node',
  per: 'region',
  calls: {
    clusters: { operation: 'eflo-controller-20221215:ListClusters', must: ['Clusters[].ClusterId'] },
    nodes: { operation: 'eflo-controller-20221215:ListClusterNodes', must: ['Nodes[].NodeId'] },
  },
  facts: {
    '': 'nodes#Nodes[]',
    $clusterId: 'clusters#Clusters[].ClusterId',
  },
  edges: [{ kind: 'uses', from: '$clusterId', to: 'alibaba.lingjun.cluster', id: (cluster, scope) => clusterId(scope, cluster) }],
  async *list(api, scope) {
    for await (const page of api.pages('clusters')) {
      for (const { ClusterId: cluster } of rowsOf(page, 'Clusters')) {
        for await (const nodes of api.pages('nodes', { ClusterId: textOf(cluster) })) {
          for (const item of rowsOf(nodes, 'Nodes')) {
            const { NodeId: id, Hostname: host } = item;
            const name = typeof host === 'string' && host !== '' ? host : textOf(id);
            yield { id: nodeId(scope, textOf(id)), name, key: { NodeId: textOf(id), ClusterId: textOf(cluster) }, item };
          }
        }
      }
    }
  },
  async read(_, { key }) {
    return { $clusterId: { value: key['ClusterId'] ?? null } };
  },
});
