import { repositoryNamed } from '../../../model/image-reference.ts';
import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { bucketId, resourceId, roleIdOfArn } from '../resource-ids.ts';

/** Templates that AgentRun makes sandboxes from: what code of agents runs in, and who may make, stop and delete them. */
export default defineCollector({
  asset: 'alibaba.agentrun.sandbox-template',
  per: 'region',
  calls: { list: { operation: 'agentrun-20250910:ListTemplates', must: ['data.items[].templateName'] } },
  facts: { '': 'list#data.items[]' },
  edges: [
    { kind: 'runs', from: 'containerConfiguration.image', to: 'oci.repository', id: repositoryNamed },
    { kind: 'assumes', from: 'executionRoleArn', to: 'alibaba.ram.role', id: roleIdOfArn },
    { kind: 'reads', from: 'ossConfiguration[].bucketName', to: 'alibaba.oss.bucket', id: (bucket, scope) => bucketId(scope, bucket) },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'data.items')) {
        const name = textOf(item['templateName']);
        yield { id: resourceId('agentrun', scope, `template/${name}`), name, key: { templateName: name }, item };
      }
    }
  },
});
