import type { Facts } from '../../../model/asset.ts';
import { isJsonObject, type Json, objectsIn } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { mapRows, nameOr, rowsOf, textOf } from '../listed.ts';
import { workspaceId } from '../resource-ids.ts';

/** Model Studio workspaces, with the keys that work in them, and what they may do with which model and how often. */
export default defineCollector({
  asset: 'alibaba.modelstudio.workspace',
  per: 'region',
  calls: {
    list: { operation: 'modelstudio-20260210:ListWorkspaces', must: ['workspaces[].workspaceId'] },
    keys: { operation: 'modelstudio-20260210:ListApiKeys', must: ['apiKeys[].apiKeyId'] },
    limits: { operation: 'modelstudio-20260210:ListModelLimits', must: ['limits[].model'] },
    permissions: { operation: 'modelstudio-20260210:ListModelPermissions', must: ['list[].model'] },
  },
  facts: {
    '': 'list#workspaces[]',
    $workspaces: 'list#workspaces[]',
    $apiKeys: 'keys#apiKeys[]',
    $limits: 'limits#limits[]',
    $permissions: 'permissions#list[]',
  },
  computed: {
    $isOnlyWorkspace: {
      from: ['$workspaces'],
      of: ({ $workspaces }) => objectsIn($workspaces).length === 1,
      // Two that were read are two, whatever else there is.
      despite: ({ $workspaces }) => (objectsIn($workspaces).length > 1 ? false : undefined),
      shape: { '': 'boolean' },
    },
    $activeKeys: {
      from: ['$apiKeys'],
      of: ({ $apiKeys }) => objectsIn($apiKeys).filter(({ disabled }) => Number(disabled ?? 0) === 0).length,
      shape: { '': 'number' },
    },
    $unlimitedModels: {
      from: ['$limits', '$permissions'],
      of: unlimitedModels,
      shape: { '': 'list' },
    },
  },
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'workspaces')) {
        const id = textOf(item['workspaceId']);
        yield { id: workspaceId(scope, id), name: nameOr(item['workspaceName'], id), key: { workspaceId: id }, item };
      }
    }
  },
  async read(api, { key, name }) {
    const [workspaces, keys, limits, permissions] = await Promise.all([
      api.all('list'),
      api.all('keys', key, name),
      api.all('limits', key, name),
      api.all('permissions', key, name),
    ]);
    // Two workspaces are enough to know that there is more than one; of keys nothing is kept that a key's own asset holds.
    return {
      $workspaces: mapRows(workspaces, (rows) => rows.slice(0, 2)),
      $apiKeys: mapRows(keys, (rows) => rows.map((row) => ({ ...row, apiKeyValue: null }))),
      $limits: limits,
      $permissions: permissions,
    };
  },
});

/** Models that the workspace may call and that nobody limited for it; what the vendor allows the whole account is no limit of the workspace. */
function unlimitedModels({ $limits, $permissions }: Facts): readonly string[] {
  const limited = new Set(objectsIn($limits).flatMap(({ model, workspaceLimit }) => (isLimit(workspaceLimit) ? [textOf(model)] : [])));
  const callable = objectsIn($permissions).filter(({ permissions }) => isJsonObject(permissions) && permissions['inference'] === true);
  return callable
    .map(({ model }) => textOf(model))
    .filter((model) => !limited.has(model))
    .sort();
}

function isLimit(limit: Json | undefined): boolean {
  if (!isJsonObject(limit)) return false;
  return [limit['requestLimit'], limit['usageLimit']].some((amount) => Number(amount ?? 0) > 0);
}
