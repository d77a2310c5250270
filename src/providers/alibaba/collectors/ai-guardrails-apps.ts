import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { guardrailsId, resourceId } from '../resource-ids.ts';

/** AI applications that AI Guardrails watches, with the risks that it saw in what they were asked and answered. */
export default defineCollector({
  asset: 'alibaba.guardrails.app',
  per: 'region',
  calls: { list: { operation: 'green-20220926:ListAiAppByPage', must: ['Items[].AppId'], absence: 'fact' } },
  facts: { '': 'list#Items[]' },
  edges: [{ kind: 'uses', from: 'AppId', to: 'alibaba.guardrails.account', id: (_, scope) => guardrailsId(scope) }],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Items')) {
        const id = textOf(item['AppId']);
        yield { id: resourceId('yundun-greenweb', scope, `aiapp/${id}`), name: nameOr(item['AppName'], id), key: { AppId: id }, item };
      }
    }
  },
});
