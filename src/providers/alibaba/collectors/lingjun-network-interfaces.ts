import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { networkInterfaceId, nodeId, subnetId, vpdId } from '../resource-ids.ts';

/** Network interfaces by which LINGJUN nodes are in their segments. */
export default defineCollector({
  asset: 'alibaba.lingjun.network-interface',
  per: 'region',
  calls: { list: { operation: 'eflo-20220530:ListNetworkInterfaces', must: ['Content.Data[].NetworkInterfaceId'] } },
  facts: { '': 'list#Content.Data[]' },
  edges: [
    { kind: 'uses', from: 'NodeId', to: 'alibaba.lingjun.node', id: (node, scope) => nodeId(scope, node) },
    { kind: 'uses', from: 'SubnetBaseInfo.SubnetId', to: 'alibaba.lingjun.subnet', id: (subnet, scope) => subnetId(scope, subnet) },
    { kind: 'uses', from: 'VpdBaseInfo.VpdId', to: 'alibaba.lingjun.vpd', id: (vpd, scope) => vpdId(scope, vpd) },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Content.Data')) {
        const id = textOf(item['NetworkInterfaceId']);
        yield { id: networkInterfaceId(scope, id), name: nameOr(item['NetworkInterfaceName'], id), key: { NetworkInterfaceId: id }, item };
      }
    }
  },
});
