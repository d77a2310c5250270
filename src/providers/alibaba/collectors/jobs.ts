import type { Facts } from '../../../model/asset.ts';
import type { AssetId } from '../../../model/ids.ts';
import { repositoryNamed } from '../../../model/image-reference.ts';
import { isJsonObject, type Json, objectsIn } from '../../../model/json.ts';
import { defineCollector, type ScopeContext } from '../../collector.ts';
import { imageOriginShape, originsOf } from '../image-origin.ts';
import { textOf } from '../listed.ts';
import { ownRegistries, registryCalls } from '../own-registries.ts';
import { codeSourceId, datasetId, jobId, workspaceId } from '../pai-ids.ts';
import { securityGroupId } from '../resource-ids.ts';
import { everSince } from '../since.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/** PAI-DLC training jobs, those that are over included: what stood in their environment still stands there. */
export default defineCollector({
  asset: 'alibaba.dlc.job',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: { operation: 'pai-dlc-20201203:ListJobs', must: ['Jobs[]', 'Jobs[].JobId', 'Jobs[].Status'] },
    ...registryCalls,
  },
  facts: {
    '': 'list#Jobs[]',
    $registries: ['registryEndpoints#Endpoints[]', 'registries'],
  },
  computed: {
    $images: {
      from: ['JobSpecs', '$registries'],
      of: (facts, { region }) => originsOf(imagesOf(facts), facts['$registries'], region),
      shape: imageOriginShape,
    },
  },
  edges: [
    { kind: 'runs', from: 'JobSpecs[].Image', to: 'oci.repository', id: ofActiveJob },
    { kind: 'runs', from: 'JobSpecs[].ExtraPodSpec.InitContainers[].Image', to: 'oci.repository', id: ofActiveJob },
    { kind: 'runs', from: 'JobSpecs[].ExtraPodSpec.SideCarContainers[].Image', to: 'oci.repository', id: ofActiveJob },
    { kind: 'assumes', from: 'CredentialConfig.CredentialConfigItems[].Roles[].RoleArn', to: 'alibaba.ram.role' },
    {
      kind: 'uses',
      from: 'UserVpc.SecurityGroupId',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => securityGroupId(scope, group),
    },
    {
      kind: 'uses',
      from: 'DataSources[].DataSourceId',
      to: 'alibaba.aiworkspace.dataset',
      id: (dataset, scope) => datasetId(scope, dataset),
    },
    {
      kind: 'uses',
      from: 'CodeSource.CodeSourceId',
      to: 'alibaba.aiworkspace.code-source',
      id: (code, scope) => codeSourceId(scope, code),
    },
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    const mayBePrivate = { nouns: 'DLC jobs', owner: 'UserId' };
    for await (const { row: item } of rowsOfWorkspaces(api, { rows: 'Jobs', params: { StartTime: everSince }, mayBePrivate })) {
      const id = textOf(item['JobId']);
      yield { id: jobId(scope, id), name: textOf(item['DisplayName']) || id, key: { JobId: id }, item };
    }
  },
  async read(api) {
    return { $registries: await ownRegistries(api) };
  },
});

/** A job that is over runs no image any more. */
function ofActiveJob(image: string, _: ScopeContext, { Status: status }: Facts): AssetId | undefined {
  return ['Succeeded', 'Failed', 'Stopped'].includes(textOf(status)) ? undefined : repositoryNamed(image);
}

function imagesOf({ JobSpecs: specs }: Facts): readonly (Json | undefined)[] {
  return objectsIn(specs).flatMap(({ Image: image, ExtraPodSpec: pod }) => {
    const { InitContainers: before, SideCarContainers: beside } = isJsonObject(pod) ? pod : {};
    return [image, ...[...objectsIn(before), ...objectsIn(beside)].map((container) => container['Image'])];
  });
}
