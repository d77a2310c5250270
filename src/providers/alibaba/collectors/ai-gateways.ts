import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { gatewayId, securityGroupId } from '../resource-ids.ts';

/** Gateways of AI Gateway and API Gateway (cloud-native): where they listen, and in which network they stand. */
export default defineCollector({
  asset: 'alibaba.apig.gateway',
  per: 'region',
  calls: { list: { operation: 'apig-20240327:ListGateways', must: ['data.items[].gatewayId'] } },
  facts: { '': 'list#data.items[]' },
  edges: [
    {
      kind: 'uses',
      from: 'securityGroup.securityGroupId',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => securityGroupId(scope, group),
    },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'data.items')) {
        const id = textOf(item['gatewayId']);
        yield { id: gatewayId(scope, id), name: nameOr(item['name'], id), key: { gatewayId: id }, item };
      }
    }
  },
});
