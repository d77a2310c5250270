import { repositoryNamed } from '../../../model/image-reference.ts';
import { defineCollector, type ScopeContext } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { agentRuntimeId, bucketId, roleIdOfArn, securityGroupId } from '../resource-ids.ts';

/** AgentRun runtimes: agents that run without a server of their own, with their image or code, role, network and environment. */
export default defineCollector({
  asset: 'alibaba.agentrun.runtime',
  per: 'region',
  calls: { list: { operation: 'agentrun-20250910:ListAgentRuntimes', must: ['data.items[].agentRuntimeId'] } },
  facts: { '': 'list#data.items[]' },
  edges: [
    { kind: 'runs', from: 'containerConfiguration.image', to: 'oci.repository', id: repositoryNamed },
    { kind: 'assumes', from: 'executionRoleArn', to: 'alibaba.ram.role', id: roleIdOfArn },
    {
      kind: 'uses',
      from: 'networkConfiguration.securityGroupId',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => securityGroupId(scope, group),
    },
    // Their code, and what they mount.
    ...['codeConfiguration.ossBucketName', 'ossMountConfig.mountPoints[].bucketName'].map((from) => ({
      kind: 'reads' as const,
      from,
      to: 'alibaba.oss.bucket',
      id: (bucket: string, scope: ScopeContext) => bucketId(scope, bucket),
    })),
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'data.items')) {
        const id = textOf(item['agentRuntimeId']);
        yield { id: agentRuntimeId(scope, id), name: nameOr(item['agentRuntimeName'], id), key: { agentRuntimeId: id }, item };
      }
    }
  },
});
