import { defineCollector, type ScopeContext } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { gatewayId, guardrailsId, resourceId } from '../resource-ids.ts';

/** APIs of AI Gateway: which speak the protocol of a model, who may call them, and which policies stand between the caller and the model. */
export default defineCollector({
  asset: 'alibaba.apig.http-api',
  per: 'region',
  calls: { list: { operation: 'apig-20240327:ListHttpApis', must: ['data.items[].name', 'data.items[].versionedHttpApis[]'] } },
  facts: { '': 'list#data.items[]' },
  edges: [
    { kind: 'uses', from: 'versionedHttpApis[].gatewayId', to: 'alibaba.apig.gateway', id: (gateway, scope) => gatewayId(scope, gateway) },
    {
      kind: 'uses',
      from: 'versionedHttpApis[].deployConfigs[].gatewayId',
      to: 'alibaba.apig.gateway',
      id: (gateway, scope) => gatewayId(scope, gateway),
    },
    // The policy of a route names the check services that its prompts and answers go through: those of AI Guardrails in the region.
    ...['requestCheckService', 'responseCheckService'].map((service) => ({
      kind: 'uses' as const,
      from: `versionedHttpApis[].deployConfigs[].policyConfigs[].aiSecurityGuardConfig.${service}`,
      to: 'alibaba.guardrails.account',
      id: (_: string, scope: ScopeContext) => guardrailsId(scope),
    })),
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list', { withPolicyConfigs: true })) {
      for (const item of rowsOf(page, 'data.items')) {
        const name = textOf(item['name']);
        yield { id: resourceId('apig', scope, `httpapi/${name}`), name: nameOr(item['name'], name), key: { name }, item };
      }
    }
  },
});
