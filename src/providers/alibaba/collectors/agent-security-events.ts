import { type JsonObject, objectsIn } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { mapRows, nameOr, rowsOf, textOf } from '../listed.ts';
import { resourceId } from '../resource-ids.ts';

/**
 * Agents that Agent Security Center reports risks of, on whichever platform they run (Model Studio, AgentRun, PAI, Dify …). The vendor
 * lists risks; an agent is here with all of its own.
 */
export default defineCollector({
  asset: 'alibaba.aisc.agent',
  per: 'site',
  calls: { events: { operation: 'aisc-20260101:ListAIAgentEvent', must: ['Data[].Id', 'PageInfo.TotalCount'], absence: 'fact' } },
  facts: { '': 'events#Data[]', $events: 'events#Data[]' },
  computed: {
    $unhandledSince: { from: ['$events'], of: ({ $events }) => unhandledSince(objectsIn($events)), shape: { '': 'string' } },
  },
  async *list(api, scope) {
    const seen = new Set<string>();
    for await (const page of api.pages('events', english)) {
      for (const event of rowsOf(page, 'Data')) {
        const path = pathOf(event);
        if (seen.has(path)) continue;
        seen.add(path);
        const { Vendor = null, AppId = null, AppName = null, InfraInstanceId = null, InfraRegionId = null } = event;
        const item = { Vendor, AppId, AppName, InfraInstanceId, InfraRegionId };
        yield { id: resourceId('aisc', scope, `agent/${path}`), name: nameOr(AppName, path), key: { path }, item };
      }
    }
  },
  async read(api, { key }) {
    return { $events: mapRows(await api.all('events', english), (events) => events.filter((event) => pathOf(event) === key['path'])) };
  },
});

const english = { Lang: 'en' };

/** A risk of no agent is one of the machine that it was seen on. */
function pathOf({ Vendor, AppId, InfraInstanceId, Id }: JsonObject): string {
  return `${textOf(Vendor)}/${textOf(AppId) || textOf(InfraInstanceId) || textOf(Id)}`;
}

/** When the oldest risk that nobody handled was seen. The vendor writes its times as seconds, in text. */
function unhandledSince(events: readonly JsonObject[]): string | undefined {
  const seconds = events.filter(({ Status }) => Status === 'unhandled').map(({ CheckTime }) => Number(textOf(CheckTime) || Number.NaN));
  const known = seconds.filter((second) => second > 0);
  return known.length === 0 ? undefined : new Date(Math.min(...known) * 1000).toISOString();
}
