import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { clusterId, securityGroupId, vpcId } from '../resource-ids.ts';

/** LINGJUN (intelligent computing) clusters. */
export default defineCollector({
  asset: 'alibaba.lingjun.cluster',
  per: 'region',
  calls: {
    list: { operation: 'eflo-controller-20221215:ListClusters', must: ['Clusters[].ClusterId'] },
    cluster: { operation: 'eflo-controller-20221215:DescribeCluster', must: ['ClusterId'] },
  },
  facts: { '': 'cluster#' },
  edges: [
    {
      kind: 'uses',
      from: 'SecurityGroupId',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => (group === '' ? undefined : securityGroupId(scope, group)),
    },
    { kind: 'uses', from: 'VpcId', to: 'alibaba.vpc.vpc', id: (vpc, scope) => (vpc === '' ? undefined : vpcId(scope, vpc)) },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const { ClusterId: id, ClusterName: name } of rowsOf(page, 'Clusters')) {
        const key = { ClusterId: textOf(id) };
        yield { id: clusterId(scope, key.ClusterId), name: typeof name === 'string' && name !== '' ? name : key.ClusterId, key };
      }
    }
  },
  async read(api, { key, name }) {
    return { '': await api.call('cluster', key, name) };
  },
});
