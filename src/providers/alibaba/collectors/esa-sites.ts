import { isJsonObject } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { publicEndpointId, resourceId } from '../resource-ids.ts';
import { siteRegion } from '../site-region.ts';

/** Sites of Edge Security Acceleration: what the edge lets through to the origin behind a domain. */
export default defineCollector({
  asset: 'alibaba.esa.site',
  per: 'site',
  calls: {
    list: { operation: 'esa-20240910:ListSites', must: ['Sites[].SiteId'] },
    settings: { operation: 'esa-20240910:GetSiteWafSettings', must: ['Settings'] },
    rulesets: { operation: 'esa-20240910:ListWafRulesets', must: ['Rulesets[]'] },
    rateLimits: { operation: 'esa-20240910:ListWafRules', must: ['Rules[]'] },
    https: { operation: 'esa-20240910:ListHttpsBasicConfigurations', must: ['Configs[]'] },
  },
  facts: {
    '': 'list#Sites[]',
    $settings: 'settings#Settings',
    $rulesets: 'rulesets#Rulesets[]',
    $rateLimits: 'rateLimits#Rules[]',
    $https: 'https#Configs[]',
  },
  computed: {
    $definiteBots: { from: ['$settings'], of: ({ $settings }) => heldOrLetThrough(actionOn($settings)), shape: { '': 'string' } },
    $regionId: siteRegion,
  },
  edges: [{ kind: 'guards', from: 'SiteName', to: 'alibaba.network.public-endpoint', id: publicEndpointId }],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Sites')) {
        const id = textOf(item['SiteId']);
        const name = textOf(item['SiteName']);
        yield { id: resourceId('esa', scope, `site/${id}`), name: name === '' ? id : name, key: { SiteId: id }, item };
      }
    }
  },
  async read(api, { key, name }) {
    const [settings, rulesets, rateLimits, https] = await Promise.all([
      api.call('settings', key, name),
      api.all('rulesets', key, name),
      api.all('rateLimits', { ...key, Phase: 'http_ratelimit' }, name),
      api.all('https', key, name),
    ]);
    return { $settings: answerAt(settings, 'Settings'), $rulesets: rulesets, $rateLimits: rateLimits, $https: https };
  },
});

function actionOn(settings: unknown): string {
  const management = isJsonObject(settings) ? settings['BotManagement'] : undefined;
  const bots = isJsonObject(management) ? management['DefiniteBots'] : undefined;
  return isJsonObject(bots) ? textOf(bots['Action']) : '';
}

/** The vendor lists no actions. What says plainly that it stops, or asks, a bot holds it; what says that it watches or passes lets it through; of the rest nobody knows. */
function heldOrLetThrough(action: string): 'held' | 'let through' | undefined {
  if (['deny', 'block', 'captcha', 'js', 'js_challenge', 'slider'].includes(action)) return 'held';
  return ['bypass', 'monitor', 'allow'].includes(action) ? 'let through' : undefined;
}
