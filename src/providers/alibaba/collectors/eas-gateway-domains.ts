import type { Facts } from '../../../model/asset.ts';
import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { gatewayDomainId, gatewayId } from '../pai-ids.ts';
import { publicEndpointId } from '../resource-ids.ts';
import { wafObjectsOf } from '../waf-objects.ts';

/** Domains of their own that gateways of PAI-EAS answer at, each with its certificate. */
export default defineCollector({
  asset: 'alibaba.eas.gateway-domain',
  per: 'region',
  calls: {
    gateways: { operation: 'eas-20210701:ListGateway', must: ['Gateways[]', 'Gateways[].GatewayId'] },
    domains: { operation: 'eas-20210701:ListGatewayDomains', must: ['CustomDomains[]', 'CustomDomains[].Domain'] },
    waf: { operation: 'waf-openapi-20211001:DescribeInstance', absence: 'fact' },
    wafObjects: { operation: 'waf-openapi-20211001:DescribeDefenseResources', must: ['Resources[].Resource'], absence: 'fact' },
  },
  facts: {
    '': 'domains#CustomDomains[]',
    $gatewayId: 'gateways#Gateways[].GatewayId',
    $wafObjects: ['wafObjects#Resources[]', 'waf'],
  },
  computed: { $publicNames: { from: ['Domain', 'Type'], of: publicNames, shape: { '': 'list' } } },
  edges: [
    { kind: 'exposes', from: '$gatewayId', to: 'alibaba.eas.gateway', id: (gateway, scope) => gatewayId(scope, gateway) },
    { kind: 'exposes', from: '$publicNames[]', to: 'alibaba.network.public-endpoint', id: publicEndpointId },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('gateways')) {
      for (const { GatewayId: gateway } of rowsOf(page, 'Gateways')) {
        const key = { ClusterId: scope.region, GatewayId: textOf(gateway) };
        for await (const domains of api.pages('domains', key, textOf(gateway))) {
          for (const item of rowsOf(domains, 'CustomDomains')) {
            const { Domain: domain, Type: type } = item;
            const id = gatewayDomainId(scope, textOf(gateway), textOf(type) || 'internet', textOf(domain));
            yield { id, name: textOf(domain), key, item };
          }
        }
      }
    }
  },
  async read(api, { key, item = {} }) {
    return { $gatewayId: { value: key['GatewayId'] ?? null }, $wafObjects: await wafObjectsOf(api, publicNames(item)) };
  },
});

/** The domain itself, unless it is one of the inside. */
function publicNames({ Domain: domain, Type: type }: Facts): readonly string[] {
  return textOf(type) === 'intranet' ? [] : [textOf(domain)];
}
