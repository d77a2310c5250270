import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { gatewayId, serviceGroupId } from '../pai-ids.ts';
import { securityGroupId } from '../resource-ids.ts';

/** Groups of PAI-EAS services behind one address. A group has an internet address and a token of its own, beside those of its services. */
export default defineCollector({
  asset: 'alibaba.eas.group',
  per: 'region',
  calls: { list: { operation: 'eas-20210701:ListGroups', must: ['Groups[]', 'Groups[].Name'] } },
  facts: { '': 'list#Groups[]' },
  edges: [
    { kind: 'uses', from: 'Network.GatewayId', to: 'alibaba.eas.gateway', id: (gateway, scope) => gatewayId(scope, gateway) },
    {
      kind: 'uses',
      from: 'Network.SecurityGroupId',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => securityGroupId(scope, group),
    },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Groups')) {
        const name = textOf(item['Name']);
        yield { id: serviceGroupId(scope, name), name, key: { Name: name }, item };
      }
    }
  },
});
