import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { gatewayId } from '../pai-ids.ts';

/** Dedicated gateways of PAI-EAS, with who may reach them from the internet. In these calls the "cluster" is the region. */
export default defineCollector({
  asset: 'alibaba.eas.gateway',
  per: 'region',
  calls: {
    list: { operation: 'eas-20210701:ListGateway', must: ['Gateways[]', 'Gateways[].GatewayId'] },
    acl: { operation: 'eas-20210701:ListAclPolicy', must: ['GatewayId'] },
  },
  facts: {
    '': 'list#Gateways[]',
    $acl: 'acl#',
  },
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Gateways')) {
        const id = textOf(item['GatewayId']);
        const key = { ClusterId: scope.region, GatewayId: id };
        yield { id: gatewayId(scope, id), name: textOf(item['GatewayName']) || id, key, item };
      }
    }
  },
  async read(api, { key, name }) {
    return { $acl: await api.call('acl', key, name) };
  },
});
