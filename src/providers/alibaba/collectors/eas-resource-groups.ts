import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { serviceResourceId } from '../pai-ids.ts';

/** Dedicated machines of PAI-EAS. Where their logs go is a call of its own; its `Status` is that of the group, not of the delivery. */
export default defineCollector({
  asset: 'alibaba.eas.resource-group',
  per: 'region',
  calls: {
    list: { operation: 'eas-20210701:ListResources', must: ['Resources[]', 'Resources[].ResourceId'] },
    log: { operation: 'eas-20210701:DescribeResourceLog', must: ['RequestId'] },
  },
  facts: {
    '': 'list#Resources[]',
    $log: 'log#',
  },
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Resources')) {
        const id = textOf(item['ResourceId']);
        const key = { ClusterId: scope.region, ResourceId: id };
        yield { id: serviceResourceId(scope, id), name: textOf(item['ResourceName']) || id, key, item };
      }
    }
  },
  async read(api, { key, name }) {
    const log = await api.call('log', key, name);
    // The group was listed: what is not there is its delivery.
    return { $log: 'gone' in log ? { none: true } : log };
  },
});
