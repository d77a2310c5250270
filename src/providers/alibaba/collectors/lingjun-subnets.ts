import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { subnetId, vpdId } from '../resource-ids.ts';

/** Subnets of LINGJUN's network segments. */
export default defineCollector({
  asset: 'alibaba.lingjun.subnet',
  per: 'region',
  calls: { list: { operation: 'eflo-20220530:ListSubnets', must: ['Content.Data[].SubnetId'] } },
  facts: { '': 'list#Content.Data[]' },
  edges: [{ kind: 'uses', from: 'VpdId', to: 'alibaba.lingjun.vpd', id: (vpd, scope) => vpdId(scope, vpd) }],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Content.Data')) {
        const id = textOf(item['SubnetId']);
        yield { id: subnetId(scope, id), name: nameOr(item['SubnetName'], id), key: { SubnetId: id }, item };
      }
    }
  },
});
