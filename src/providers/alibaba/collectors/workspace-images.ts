import { repositoryNamed } from '../../../model/image-reference.ts';
import { type JsonObject, objectsIn } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { workspaceId, workspaceImageId } from '../pai-ids.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/** Images that members of PAI workspaces have registered for notebooks and jobs. The vendor's own, which stand in every workspace, are left out. */
export default defineCollector({
  asset: 'alibaba.aiworkspace.image',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: { operation: 'aiworkspace-20210204:ListImages', must: ['Images[]', 'Images[].ImageId'] },
  },
  facts: { '': 'list#Images[]' },
  edges: [
    { kind: 'runs', from: 'ImageUri', to: 'oci.repository', id: repositoryNamed },
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    const mayBePrivate = { nouns: 'PAI images', owner: 'UserId' };
    // Labels, which tell the vendor's images from the user's, come with the verbose form only.
    for await (const { row: item } of rowsOfWorkspaces(api, { rows: 'Images', params: { Verbose: true }, mayBePrivate })) {
      if (isOfVendor(item)) continue;
      const id = textOf(item['ImageId']);
      yield { id: workspaceImageId(scope, id), name: textOf(item['Name']) || id, key: { ImageId: id }, item };
    }
  },
});

function isOfVendor({ Labels: labels }: JsonObject): boolean {
  return objectsIn(labels).some(({ Key: key, Value: value }) => key === 'system.official' && value === 'true');
}
