import type { Facts } from '../../../model/asset.ts';
import { isJsonList, type Json, type JsonObject, objectsIn } from '../../../model/json.ts';
import { mapAnswer } from '../../answer.ts';
import { type Answer, defineCollector } from '../../collector.ts';
import { textOf } from '../listed.ts';
import { modelId, workspaceId } from '../pai-ids.ts';
import { bucketOfUri } from '../resource-ids.ts';
import { servesFrom, storageOfService } from '../service-storage.ts';
import { rowsOfWorkspaces } from '../workspace-rows.ts';

/** Models of the registry of PAI, with their versions and the running EAS services that mount one of them. */
export default defineCollector({
  asset: 'alibaba.aiworkspace.model',
  per: 'region',
  calls: {
    workspaces: { operation: 'aiworkspace-20210204:ListWorkspaces', must: ['Workspaces[]', 'Workspaces[].WorkspaceId'] },
    list: { operation: 'aiworkspace-20210204:ListModels', must: ['Models[]', 'Models[].ModelId'] },
    versions: { operation: 'aiworkspace-20210204:ListModelVersions', must: ['Versions[]', 'Versions[].VersionName'] },
    services: {
      operation: 'eas-20210701:ListServices',
      must: ['Services[]', 'Services[].ServiceName'],
      keep: { 'Services[].ServiceConfig': ['storage[].oss.path', 'model_path', 'processor_path'] },
    },
  },
  facts: {
    '': 'list#Models[]',
    $versions: 'versions#Versions[]',
    $services: ['services#Services[]', 'versions'],
  },
  computed: {
    $servedVersions: {
      from: ['$versions', '$services'],
      of: servedVersions,
      shape: { '': 'list', '[].VersionName': 'string', '[].ApprovalStatus': 'string', '[].ServiceName': 'string' },
    },
    $servedSettled: {
      from: ['$versions', '$services'],
      // Absent, not false: a service whose configuration was not sent may mount any version.
      of: ({ $services }) => (objectsIn($services).some(({ storage }) => storage === undefined) ? undefined : true),
      shape: { '': 'boolean' },
    },
  },
  edges: [
    { kind: 'reads', from: 'LatestVersion.Uri', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'reads', from: '$versions[].Uri', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    const mayBePrivate = { nouns: 'PAI models', owner: 'UserId' };
    for await (const { row: item } of rowsOfWorkspaces(api, { rows: 'Models', mayBePrivate })) {
      const id = textOf(item['ModelId']);
      yield { id: modelId(scope, id), name: textOf(item['ModelName']) || id, key: { ModelId: id }, item };
    }
  },
  async read(api, { key, name }) {
    const versions = await api.all('versions', key, name);
    return { $versions: versions, $services: 'value' in versions ? mounting(versions.value, await api.all('services')) : versions };
  },
});

/**
 * The running services that mount a version of this model, with what they take, and those of which it cannot be said: they
 * have no `storage`.
 */
function mounting(versions: readonly Json[], services: Answer<readonly Json[]>): Answer<Json> {
  const places = objectsIn(versions).map(({ Uri: uri }) => textOf(uri));
  return mapAnswer(services, (all) =>
    objectsIn(all).flatMap((service) => {
      const { ServiceName: name = null, Status: status } = service;
      const storage = storageOfService(service);
      if (status !== 'Running') return [];
      if (storage === undefined) return [{ ServiceName: name, Status: status }];
      const serves = places.some((place) => servesFrom(storage, place));
      return serves ? [{ ServiceName: name, Status: status, storage }] : [];
    }),
  );
}

function servedVersions({ $versions, $services }: Facts): readonly JsonObject[] {
  return objectsIn($versions).flatMap(({ VersionName: version, ApprovalStatus: status, Uri: uri }) =>
    objectsIn($services)
      .filter(({ storage }) => isJsonList(storage) && servesFrom(storage.map(textOf), textOf(uri)))
      .map(({ ServiceName: service }) => ({
        VersionName: textOf(version),
        ...(status !== undefined && { ApprovalStatus: status }),
        ServiceName: textOf(service),
      })),
  );
}
