import { isJsonList, isJsonObject, type Json } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { type Answer, type CollectorApi, defineCollector, type ReadResult } from '../../collector.ts';
import { mapRows, rowsOf, textOf } from '../listed.ts';
import { publicEndpointId, resourceId } from '../resource-ids.ts';
import { siteRegion } from '../site-region.ts';
import { protectedNames } from '../waf-objects.ts';
import { botManagement, coreProtection, rateLimiting, templatesInUse } from '../waf-protection.ts';

/** What WAF 3.0 stands in front of: domains, load balancers, gateways and servers, with the protection that covers each. */
export default defineCollector({
  asset: 'alibaba.waf.protected-object',
  per: 'site',
  calls: {
    instance: { operation: 'waf-openapi-20211001:DescribeInstance', absence: 'fact' },
    objects: { operation: 'waf-openapi-20211001:DescribeDefenseResources', must: ['Resources[].Resource'] },
    templates: { operation: 'waf-openapi-20211001:DescribeDefenseTemplates', must: ['Templates[].TemplateId'] },
    bound: { operation: 'waf-openapi-20211001:DescribeTemplateResources', must: ['Resources[]'] },
    rules: {
      operation: 'waf-openapi-20211001:DescribeDefenseRules',
      must: ['Rules[].RuleId'],
      keep: { 'Rules[].Config': ['action', 'policyId'] },
    },
    logs: { operation: 'waf-openapi-20211001:DescribeResourceLogStatus', must: ['Result[].Resource'] },
  },
  facts: {
    '': 'objects#Resources[]',
    $instance: 'instance#',
    $templates: 'templates#Templates[]',
    '$bound[]': ['bound#', 'templates'],
    '$rules[]': ['rules#Rules[]', 'templates'],
    $log: 'logs#Result[]',
  },
  computed: {
    $coreProtection: { from: ['$templates', '$bound', '$rules'], of: coreProtection, shape: { '': 'string' } },
    $botManagement: { from: ['$templates', '$bound'], of: botManagement, shape: { '': 'string' } },
    $rateLimiting: { from: ['$templates', '$bound'], of: rateLimiting, shape: { '': 'string' } },
    $logging: { from: ['$log'], of: ({ $log }) => isLogged($log), shape: { '': 'boolean' } },
    $protects: {
      from: ['Resource', 'Detail'],
      of: protectedNames,
      // What it is called is enough to know one of its names.
      despite: ({ Resource }) => (textOf(Resource) === '' ? undefined : protectedNames({ Resource: textOf(Resource) })),
      shape: { '': 'list' },
    },
    $regionId: siteRegion,
  },
  edges: [{ kind: 'guards', from: '$protects[]', to: 'alibaba.network.public-endpoint', id: publicEndpointId }],
  async *list(api, scope) {
    const instance = answerAt(await api.call('instance'), 'InstanceId');
    if (!('value' in instance) || textOf(instance.value) === '') return;
    const key = { InstanceId: instance.value };
    for await (const page of api.pages('objects', key)) {
      for (const item of rowsOf(page, 'Resources')) {
        const name = textOf(item['Resource']);
        yield { id: resourceId('yundun-waf', scope, `defenseresource/${name}`), name, key: { ...key, Resource: name }, item };
      }
    }
  },
  async read(api, { key, name }) {
    const waf = { InstanceId: key['InstanceId'] ?? null };
    const [instance, templates, logs] = await Promise.all([
      api.call('instance'),
      api.all('templates', waf, name),
      api.all('logs', { ...waf, Resources: name }, name),
    ]);
    return {
      $instance: instance,
      $templates: templates,
      $log: mapRows(logs, (rows) => rows.filter(({ Resource }) => Resource === name)),
      ...(await detailsOf(api, waf, templates)),
    };
  },
});

type Api = CollectorApi<'instance' | 'objects' | 'templates' | 'bound' | 'rules' | 'logs'>;

/** Which objects and groups each template in use covers, and what its rules do. Asked once for all objects: the answers are remembered. */
async function detailsOf(api: Api, waf: { readonly InstanceId: Json }, templates: Answer<readonly Json[]>): Promise<ReadResult> {
  const inUse = mapRows(templates, templatesInUse);
  if (!('value' in inUse)) return { '$bound[]': inUse, '$rules[]': inUse };
  if (inUse.value.length === 0) return { '$bound[]': { value: [] }, '$rules[]': { value: [] } };
  const entries = await Promise.all(
    inUse.value.map(async ({ TemplateId }) => {
      const id = textOf(TemplateId);
      const listed = await Promise.all(
        ['single', 'group'].map((ResourceType) => api.all('bound', { ...waf, TemplateId: id, ResourceType }, `template ${id}`)),
      );
      const rules = await api.all('rules', { ...waf, Query: JSON.stringify({ templateId: Number(id) }) }, `template ${id}`);
      return [
        [`$bound[${id}]`, together(TemplateId ?? null, listed)],
        [`$rules[${id}]`, rules],
      ] as const;
    }),
  );
  return Object.fromEntries(entries.flat());
}

/** One list of the objects and groups that a template covers; refused where either half was. */
function together(TemplateId: Json, halves: readonly Answer<readonly Json[]>[]): Answer {
  const refused = halves.find((half) => !('value' in half));
  if (refused !== undefined && !('value' in refused)) return refused;
  return { value: { TemplateId, Resources: halves.flatMap((half) => ('value' in half ? half.value : [])) } };
}

function isLogged(log: Json | undefined): boolean | undefined {
  const [row] = isJsonList(log) ? log : [];
  const status = isJsonObject(row) ? row['Status'] : undefined;
  return typeof status === 'boolean' ? status : undefined;
}
