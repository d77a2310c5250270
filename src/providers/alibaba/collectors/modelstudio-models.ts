import { defineCollector } from '../../collector.ts';
import { idBelow } from '../resource-ids.ts';

/**
 * Models that applications of Model Studio answer with: where an agent and the workspace's permissions and limits for its model meet in the
 * graph. Nothing is read of them; what a workspace may do with a model stands in the workspace.
 */
export default defineCollector({
  asset: 'alibaba.modelstudio.model',
  per: 'referenced',
  calls: {},
  facts: {},
  locate(id, { account }) {
    const path = idBelow(id, 'modelstudio', 'workspace', account);
    const [, workspaceId, model] = /^([^/]+)\/model\/(.+)$/.exec(path ?? '') ?? [];
    return workspaceId === undefined || model === undefined ? undefined : { id, name: model, key: { workspaceId, model } };
  },
});
