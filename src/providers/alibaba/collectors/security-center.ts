import { type Json, objectsIn } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { defineCollector } from '../../collector.ts';
import { settingsId } from '../resource-ids.ts';
import { siteRegion } from '../site-region.ts';

/**
 * Security Center of an account, at each site: the edition and modules, what is scanned when, who is told, and what it has counted on AI.
 * An account that has none of it has it here as well, with `$activated: false`.
 */
export default defineCollector({
  asset: 'alibaba.sas.account',
  per: 'site',
  calls: {
    version: {
      operation: 'sas-20181203:DescribeVersionConfig',
      must: ['Version'],
      keep: { PostPayModuleSwitch: ['CSPM', 'AGENTLESS', 'CTDR', 'VUL'] },
      absence: 'fact',
    },
    schedule: { operation: 'sas-20181203:GetCheckConfig', absence: 'fact' },
    summary: { operation: 'sas-20181203:DescribeAIAssetSummary', must: ['Data'], absence: 'fact' },
    cycles: { operation: 'sas-20181203:DescribeCycleTaskList', absence: 'fact' },
    agentless: { operation: 'sas-20181203:ListAgentlessTask', absence: 'fact' },
    notices: { operation: 'sas-20181203:DescribeNoticeConfig', absence: 'fact' },
    leaks: { operation: 'sas-20181203:DescribeAccesskeyLeakList', absence: 'fact' },
    suggestions: { operation: 'sas-20181203:DescribeSecureSuggestion', absence: 'fact' },
  },
  facts: {
    '': 'version#',
    $schedule: 'schedule#',
    $summary: 'summary#Data',
    $cycles: 'cycles#CycleScheduleResponseList[]',
    $agentless: 'agentless#List[]',
    $notices: 'notices#NoticeConfigList[]',
    $leaks: 'leaks#AccessKeyLeakList[]',
    $suggestions: 'suggestions#Suggestions[]',
  },
  computed: {
    $activated: { from: ['Version'], of: ({ Version }) => Version !== undefined && Version !== null, shape: { '': 'boolean' } },
    $notified: { from: ['$notices'], of: ({ $notices }) => (everyProjectNotifies($notices) ? true : undefined), shape: { '': 'boolean' } },
    $aiDeducted: {
      from: ['$suggestions'],
      // The word is known from an official sample alone: only its presence says something.
      of: ({ $suggestions }) => (objectsIn($suggestions).some(({ SuggestType }) => SuggestType === 'SS_AI_RISK') ? true : undefined),
      shape: { '': 'boolean' },
    },
    $regionId: siteRegion,
  },
  async *list(_, scope) {
    yield { id: settingsId(scope, 'alibaba.sas.account'), name: 'Security Center', key: {} };
  },
  async read(api) {
    const [version, schedule, summary, cycles, agentless, notices, leaks, suggestions] = await Promise.all([
      api.call('version'),
      api.call('schedule'),
      api.call('summary'),
      api.all('cycles', { TaskType: 'IMAGE_SCAN' }),
      api.all('agentless', { Status: '2' }),
      api.all('notices'),
      api.all('leaks'),
      api.all('suggestions', { CalType: 'home_security_score', Lang: 'en' }),
    ]);
    return {
      '': version,
      $schedule: schedule,
      $summary: answerAt(summary, 'Data'),
      $cycles: cycles,
      $agentless: agentless,
      $notices: notices,
      $leaks: leaks,
      $suggestions: suggestions,
    };
  },
});

/** What is sent out of configuration risks, leaked keys and alerts. Routes add up: 1 text message, 2 mail, 4 internal message. */
const projects = ['yundun_sas_config_alert', 'yundun_sas_ak_leakage', 'sas_suspicious'];

function everyProjectNotifies(notices: Json | undefined): boolean {
  return projects.every((project) => objectsIn(notices).some(({ Project, Route }) => Project === project && Number(Route) >= 1));
}
