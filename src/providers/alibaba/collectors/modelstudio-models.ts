import { defineCollector } from '../../collector.ts';
import { firstRow, textOf } from '../listed.ts';
import { idBelow } from '../resource-ids.ts';

/** Models that applications of Model Studio answer with: what their workspace may do with them, and how often. */
export default defineCollector({
  asset: 'alibaba.modelstudio.model',
  per: 'referenced',
  calls: {
    permissions: { operation: 'modelstudio-20260210:ListModelPermissions', must: ['list[].model'] },
    limits: { operation: 'modelstudio-20260210:ListModelLimits', must: ['limits[].model'] },
  },
  facts: { $permission: 'permissions#list[]', $limit: 'limits#limits[]' },
  locate(id, { account }) {
    const path = idBelow(id, 'modelstudio', 'workspace', account);
    const [, workspaceId, model] = /^([^/]+)\/model\/(.+)$/.exec(path ?? '') ?? [];
    if (workspaceId === undefined || model === undefined) return undefined;
    return { id, name: model, key: { workspaceId, model } };
  },
  async read(api, { key, name }) {
    const workspace = { workspaceId: textOf(key['workspaceId']) };
    const [permissions, limits] = await Promise.all([api.all('permissions', workspace, name), api.all('limits', workspace, name)]);
    const isThis = ({ model }: { readonly model?: unknown }): boolean => model === key['model'];
    return { $permission: firstRow(permissions, isThis), $limit: firstRow(limits, isThis) };
  },
});
