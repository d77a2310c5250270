import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { agentRuntimeId, resourceId } from '../resource-ids.ts';

/** Endpoints that AgentRun runtimes are called at. */
export default defineCollector({
  asset: 'alibaba.agentrun.endpoint',
  per: 'region',
  calls: {
    runtimes: { operation: 'agentrun-20250910:ListAgentRuntimes', must: ['data.items[].agentRuntimeId'] },
    endpoints: { operation: 'agentrun-20250910:ListAgentRuntimeEndpoints', must: ['data.items[].agentRuntimeEndpointId'] },
  },
  facts: {
    '': 'endpoints#data.items[]',
    $agentRuntimeId: 'runtimes#data.items[].agentRuntimeId',
  },
  edges: [
    { kind: 'exposes', from: '$agentRuntimeId', to: 'alibaba.agentrun.runtime', id: (runtime, scope) => agentRuntimeId(scope, runtime) },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('runtimes')) {
      for (const { agentRuntimeId: runtime } of rowsOf(page, 'data.items')) {
        const key = { agentRuntimeId: textOf(runtime) };
        for await (const endpoints of api.pages('endpoints', key, key.agentRuntimeId)) {
          for (const item of rowsOf(endpoints, 'data.items')) {
            const endpoint = textOf(item['agentRuntimeEndpointId']);
            const id = resourceId('agentrun', scope, `runtime/${key.agentRuntimeId}/endpoint/${endpoint}`);
            yield { id, name: nameOr(item['agentRuntimeEndpointName'], endpoint), key, item };
          }
        }
      }
    }
  },
  async read(_, { key }) {
    return { $agentRuntimeId: { value: key['agentRuntimeId'] ?? null } };
  },
});
