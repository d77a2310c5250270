import { operationId } from '../../model/ids.ts';
import { isJsonList, isJsonObject, type JsonObject } from '../../model/json.ts';
import { nearest } from '../../model/nearest.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { ConnectOptions } from '../provider.ts';
import { type EndpointRules, knownRegions } from './endpoint.ts';

/** The call that lists the regions of an account. */
export const describeRegions = operationId('ecs-20140526:DescribeRegions');
/** Where it is asked when nobody named a region: it answers the same everywhere. */
export const firstRegion = 'cn-hangzhou';

/**
 * Regions of `--region`; empty means all that the account has. The region of a profile or of the environment is where
 * commands go by default, not where assets are: a scan that kept to it would look clean while blind elsewhere.
 */
export function chosenRegions({ selection, endpoint }: ConnectOptions, rules: EndpointRules): readonly string[] {
  for (const region of selection.regions) refuseUnknown(region, rules, endpoint);
  return [...new Set(selection.regions)];
}

function refuseUnknown(region: string, rules: EndpointRules, endpoint: ConnectOptions['endpoint']): void {
  const known = knownRegions(rules);
  // A private cloud has regions of its own; who points at one says where.
  if (known.includes(region) || endpoint('ecs-20140526', region) !== undefined) return;
  const guess = nearest(region, known);
  throw new UsageError(`no such Alibaba Cloud region "${region}"`, {
    hint: guess === undefined ? `regions are ${known.join(', ')}` : `did you mean "${guess}"?`,
  });
}

/** Region ids of an answer to DescribeRegions, or `undefined` if it has another shape. */
export function regionsIn(answer: JsonObject): readonly string[] | undefined {
  const { Regions: regions } = answer;
  const list = isJsonObject(regions) ? regions['Region'] : undefined;
  if (!isJsonList(list)) return undefined;
  return list.flatMap((entry) => (isJsonObject(entry) && typeof entry['RegionId'] === 'string' ? [entry['RegionId']] : []));
}
