import type { Facts } from '../../model/asset.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { softwareIn } from '../ai-software.ts';
import { answerAt } from '../answer.ts';
import type { Answer, CollectorApi } from '../collector.ts';
import { aiReasons } from './ai-machine.ts';
import { mapRows, textOf } from './listed.ts';
import { mergedRules, openRules } from './open-rules.ts';

/** The calls of one machine. */
type Api = CollectorApi<'roles' | 'image' | 'rules' | 'inventory' | 'userData' | 'disks'>;

/** Instances whose roles are asked for in one call: as many as one page of the answer holds. */
export const rolesAtOnce = 50;

/**
 * The role of one machine, asked for together with those of its neighbours in the listing: the call is remembered, so that one
 * request serves all of them. Where one of them is gone by now, each is asked for by itself.
 */
export async function roleOf(api: Api, id: string, batch: string): Promise<Answer<Json>> {
  const together = await api.all('roles', { InstanceIds: batch });
  const own = JSON.stringify([id]);
  const answer = 'gone' in together && batch !== own ? await api.all('roles', { InstanceIds: own }, id) : together;
  return mapRows(answer, (rows) => rows.filter(({ InstanceId }) => (InstanceId ?? id) === id));
}

/** The image that a machine was made from. Listings by id show images of every owner. */
export async function imageOf(api: Api, image: Json | undefined): Promise<Answer<Json>> {
  if (typeof image !== 'string' || image === '') return { none: true };
  return answerAt(await api.call('image', { ImageId: image }, image), 'Images.Image');
}

/** AI software among the packages that Cloud Assistant found. A machine that it keeps no inventory of has none. */
export async function applicationsOf(api: Api, id: string): Promise<Answer<Json>> {
  const answer = await api.all('inventory', { InstanceId: id, TypeName: 'ACS:Application' }, id);
  if ('gone' in answer) return { value: [] };
  return mapRows(answer, (rows) => {
    const software = rows.filter(({ Name }) => softwareIn(textOf(Name)).length > 0);
    return software.map(({ Name, Version }) => ({ Name: Name ?? null, Version: Version ?? null }));
  });
}

/**
 * AI software that the script of the first start names. User data is read on the user's word only; without it this evidence is
 * outside of the scope that the user chose, and a machine is judged by the rest.
 */
export function softwareInUserData(answer: Answer): Answer<Json> {
  if ('notAsked' in answer) return { value: [] };
  if (!('value' in answer)) return answer;
  const inspected = answer.value['UserData'];
  const kept = isJsonObject(inspected) ? inspected['kept'] : undefined;
  return answerAt({ ...answer, value: { software: (isJsonObject(kept) ? kept['$software'] : undefined) ?? [] } }, 'software');
}

/** Ids of the disks of a machine that is an AI asset, for all that was read; of one of which this cannot be told the reason. */
export async function disksOfAi(api: Api, item: JsonObject, parts: { readonly [prefix: string]: Answer<Json> }): Promise<Answer<Json>> {
  const open = Object.values(parts).find((answer) => 'gap' in answer || 'limit' in answer);
  if (aiReasons(withParts(item, parts)).length === 0) return open ?? { value: [] };
  const id = textOf(item['InstanceId']);
  const disks = await api.all('disks', { InstanceId: id }, id);
  return mapRows(disks, (rows) => rows.map(({ DiskId }) => ({ DiskId: DiskId ?? null })));
}

function withParts(item: JsonObject, parts: { readonly [prefix: string]: Answer<Json> }): Facts {
  const values: { [name: string]: Json } = { ...item };
  const rules: Json[] = [];
  for (const [prefix, answer] of Object.entries(parts)) {
    if (!('value' in answer)) continue;
    if (prefix.startsWith('$rules[')) rules.push(answer.value);
    else values[prefix] = answer.value;
  }
  return { ...values, $openRules: openRules(mergedRules(rules)) };
}

/** Security groups of a machine. */
export function groupIds({ SecurityGroupIds: groups }: JsonObject): readonly string[] {
  const ids = isJsonObject(groups) ? groups['SecurityGroupId'] : undefined;
  return isJsonList(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

/** Addresses under which the internet reaches a machine: the one that it was made with, and the elastic one. */
export function publicAddresses({ PublicIpAddress: own, EipAddress: elastic }: JsonObject): readonly string[] {
  const list = isJsonObject(own) ? own['IpAddress'] : undefined;
  const addresses = [...(isJsonList(list) ? list : []), isJsonObject(elastic) ? (elastic['IpAddress'] ?? '') : ''];
  return addresses.filter((address) => typeof address === 'string' && address !== '').map(textOf);
}
