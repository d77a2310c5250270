import { isJsonList, type Json, type JsonObject, objectsIn } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { mapRows, textOf } from '../listed.ts';
import { guardrailsId } from '../resource-ids.ts';

/**
 * AI Guardrails of a region: which channels are protected, which services are set up, what was found and where the logs go. An account
 * that never activated it has no protection at all, which is a fact. What moderates a text at run time is billed per call and never called.
 */
export default defineCollector({
  asset: 'alibaba.guardrails.account',
  per: 'region',
  calls: {
    status: { operation: 'green-20220926:GetGuardStatus', must: ['ProtectionStatus[]'], absence: 'fact' },
    services: { operation: 'green-20220926:ListServiceConfigs', absence: 'fact' },
    events: { operation: 'green-20220926:GetAiAppOverview', absence: 'fact' },
    logs: { operation: 'green-20220926:GetGuardLogStats', absence: 'fact' },
    eas: { operation: 'eas-20210701:ListServices', must: ['Services[].ServiceName'] },
  },
  facts: {
    '': 'status#',
    $services: 'services#Data[]',
    $events: 'events#',
    $logs: 'logs#Data[]',
    $llmServices: 'eas#Services[]',
  },
  computed: {
    $activated: {
      from: ['ProtectionStatus'],
      of: ({ ProtectionStatus }) => isJsonList(ProtectionStatus),
      shape: { '': 'boolean' },
    },
    $appScan: {
      from: ['LogScanStatus'],
      of: ({ LogScanStatus }) => objectsIn(LogScanStatus).find(({ Type }) => Type === 'ai_app_scan_bailian')?.['Status'],
      shape: { '': 'string' },
    },
    $guardServices: {
      from: ['$services'],
      of: ({ $services }) => guardServices($services).map(({ ServiceCode }) => textOf(ServiceCode)),
      shape: { '': 'list' },
    },
    $guardServicesInUse: {
      from: ['$services'],
      of: ({ $services }) => (guardServices($services).some(({ UseStatus }) => UseStatus === 'in') ? true : undefined),
      shape: { '': 'boolean' },
    },
  },
  async *list(_, scope) {
    yield { id: guardrailsId(scope), name: 'AI Guardrails', key: {} };
  },
  async read(api) {
    const [status, services, events, logs, eas] = await Promise.all([
      api.call('status'),
      api.all('services'),
      api.call('events'),
      api.all('logs'),
      api.all('eas'),
    ]);
    const $llmServices = mapRows(eas, (rows) =>
      rows.filter(isLlm).map(({ ServiceName = null, AppType = null }) => ({ ServiceName, AppType })),
    );
    // Where the product has no endpoint there is nothing to switch on.
    const own = [status, services, events, logs].filter((answer) => !('notAsked' in answer));
    const isElsewhere = own.length > 0 && own.every((answer) => 'limit' in answer);
    return { '': isElsewhere ? { gone: true } : status, $services: services, $events: events, $logs: logs, $llmServices };
  },
});

/** Services that look at what goes into models and what comes out: https://www.alibabacloud.com/help/en/content-moderation/latest/what-is-ai-guardrails */
const guardCodes = new Set([
  'query_security_check',
  'query_security_check_pro',
  'response_security_check',
  'response_security_check_pro',
  'llm_query_moderation',
  'llm_response_moderation',
]);

function guardServices(services: Json | undefined): readonly JsonObject[] {
  return objectsIn(services).filter(({ ServiceCode }) => guardCodes.has(textOf(ServiceCode)));
}

/** PAI-EAS says of a service that it is a language model in what it calls its application type. */
function isLlm({ AppType }: JsonObject): boolean {
  return /llm/i.test(textOf(AppType));
}
