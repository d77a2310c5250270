import { objectsIn } from '../../../model/json.ts';
import type { Facts } from '../../../model/asset.ts';
import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { gatewayId, publicEndpointId, securityGroupId } from '../resource-ids.ts';
import { wafObjectsOf } from '../waf-objects.ts';

/** Gateways of AI Gateway and API Gateway (cloud-native): where they listen, and in which network they stand. */
export default defineCollector({
  asset: 'alibaba.apig.gateway',
  per: 'region',
  calls: {
    list: { operation: 'apig-20240327:ListGateways', must: ['data.items[].gatewayId'] },
    waf: { operation: 'waf-openapi-20211001:DescribeInstance', absence: 'fact' },
    wafObjects: { operation: 'waf-openapi-20211001:DescribeDefenseResources', must: ['Resources[].Resource'], absence: 'fact' },
  },
  facts: { '': 'list#data.items[]', $wafObjects: ['wafObjects#Resources[]', 'waf'] },
  computed: {
    $publicNames: {
      from: ['gatewayId', 'loadBalancers', 'subDomainInfos'],
      of: publicNames,
      // One way in that was read is one.
      despite: (facts) => (publicNames(facts).length > 0 ? publicNames(facts) : undefined),
      shape: { '': 'list' },
    },
  },
  edges: [
    { kind: 'exposes', from: '$publicNames[]', to: 'alibaba.network.public-endpoint', id: publicEndpointId },
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
  async read(api, { item = {} }) {
    return { $wafObjects: await wafObjectsOf(api, publicNames(item)) };
  },
});

/** The names that the internet knows a gateway by; none where it listens inside alone. Its own id is among them: firewalls name it so. */
function publicNames({ gatewayId: id, loadBalancers, subDomainInfos }: Facts): readonly string[] {
  const balancers = objectsIn(loadBalancers).filter(({ addressType }) => addressType === 'Internet');
  const domains = objectsIn(subDomainInfos).filter(({ networkType }) => networkType === 'Internet');
  const names = [
    ...balancers.flatMap(({ loadBalancerId, address }) => [textOf(loadBalancerId), textOf(address)]),
    ...domains.map(({ name }) => textOf(name)),
  ];
  return names.length === 0 ? [] : [...new Set([textOf(id), ...names])].filter((name) => name !== '');
}
