import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { answerAt } from '../answer.ts';
import type { Answer, CollectorApi } from '../collector.ts';
import { mapRows, textOf } from './listed.ts';
import { siteRegionOf } from './site-region.ts';

/**
 * The protected objects of WAF that stand in front of something that is known by these names: domains, or ids of gateways, load
 * balancers and servers. WAF is asked at the site that the region belongs to; both answers are remembered. None where there is no WAF.
 */
export async function wafObjectsOf(api: CollectorApi<'waf' | 'wafObjects'>, names: readonly string[]): Promise<Answer<readonly Json[]>> {
  if (names.length === 0) return { value: [] };
  const RegionId = siteRegionOf(api.scope.region);
  const instance = answerAt(await api.call('waf', { RegionId }), 'InstanceId');
  if ('none' in instance) return { value: [] };
  if (!('value' in instance)) return instance;
  if (textOf(instance.value) === '') return { value: [] };
  const objects = await api.all('wafObjects', { InstanceId: instance.value, RegionId });
  if ('none' in objects) return { value: [] };
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return mapRows(objects, (rows) => rows.filter((row) => protectedNames(row).some((name) => wanted.has(name.toLowerCase()))));
}

/** What a protected object is about. Domains stand as they are and with `-waf` behind them, cloud resources by their id, some with port and product behind it. */
export function protectedNames({ Resource, Detail }: JsonObject): readonly string[] {
  const resource = textOf(Resource);
  const domain = isJsonObject(Detail) ? textOf(Detail['domain']) : '';
  const id = /^((?:alb|nlb|lb|gw|i|ep)-[a-z0-9]+)(?:-.*)?$/.exec(resource)?.[1];
  return [...new Set([domain, id ?? resource.replace(/-waf$/, '')])].filter((name) => name !== '');
}
