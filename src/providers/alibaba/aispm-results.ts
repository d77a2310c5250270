import type { Facts } from '../../model/asset.ts';
import { type Json, type JsonObject, objectsIn } from '../../model/json.ts';
import { textOf } from './listed.ts';

/**
 * Whether a check item, or one asset of it, failed. The vendor joins several states by commas. What is being checked, was not checked or
 * could not be checked is neither.
 */
export function failedIn(status: Json | undefined): boolean | undefined {
  const states = textOf(status)
    .split(',')
    .map((state) => state.trim())
    .filter((state) => state !== '');
  if (states.includes('NOT_PASS')) return true;
  return states.length > 0 && states.every((state) => state === 'PASS' || state === 'WHITELIST') ? false : undefined;
}

/** The assets that an item failed on, with what names them. */
export function openInstances(instances: Json | undefined): readonly JsonObject[] {
  return objectsIn(instances)
    .filter(({ Status }) => failedIn(Status) === true)
    .map(({ InstanceId, InstanceName, RegionId, Status }) => ({
      InstanceId: textOf(InstanceId),
      InstanceName: textOf(InstanceName),
      RegionId: textOf(RegionId),
      Status: textOf(Status),
    }));
}

interface Topic {
  /** Named by the check of ours that is about the same. */
  readonly topic: string;
  readonly about: RegExp;
  readonly asks: RegExp;
  /** Which member of the vendor's row names the asset as our ids do. */
  readonly named: 'InstanceId' | 'InstanceName';
}

/** What the vendor's items and checks of ours both ask. Items have no published names: they are told by the words of theirs. */
const topics: readonly Topic[] = [
  {
    topic: 'eas.service-public-endpoint',
    about: /\beas\b|pai.?service/i,
    asks: /(public|internet).{0,30}(access|endpoint|network|address|call)|exposed to the internet/i,
    named: 'InstanceName',
  },
  {
    topic: 'ecs.instance-public-address',
    about: /\becs\b/i,
    asks: /public (ip|address)|bound to an? (eip|elastic)/i,
    named: 'InstanceId',
  },
];

/** The check of ours that asks the same, where there is one. */
export function topicOf({ CheckShowName, InstanceType, InstanceSubType }: Facts): string | undefined {
  const name = textOf(CheckShowName);
  const kind = `${textOf(InstanceType)} ${textOf(InstanceSubType)} ${name}`;
  return topics.find(({ about, asks }) => about.test(kind) && asks.test(name))?.topic;
}

/** The assets of an item by region and name, as `<topic> <region>/<name>`: the ones that a check of ours judges as well. */
export function twinsOf({ $topic, $openInstances }: Facts): readonly string[] {
  const topic = topics.find((one) => one.topic === $topic);
  if (topic === undefined) return [];
  return objectsIn($openInstances).map((row) => `${topic.topic} ${textOf(row['RegionId'])}/${textOf(row[topic.named])}`);
}

/** Region and name of a twin of that topic. */
export function twinNamed(twin: string, topic: string): { readonly region: string; readonly name: string } | undefined {
  const [, found, region, name] = /^(\S+) ([^/]+)\/(.+)$/.exec(twin) ?? [];
  return found === topic && region !== undefined && name !== undefined ? { region, name } : undefined;
}
