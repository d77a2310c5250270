import { UsageError } from '../../model/usage-error.ts';
import type { ConnectOptions } from '../provider.ts';
import type { AwsSession } from './credentials.ts';
import { partitionOf, type Partition } from './regions.ts';

export interface TargetRegions {
  readonly partition: string;
  readonly regions: readonly string[];
}

/**
 * Which regions one session scans: those of `--region`, else all of the partition. The region of the environment or of the
 * profile only says which partition that is: it is where commands go by default, not where assets are, and a scan that kept
 * to it would look clean while blind elsewhere. Throws UsageError for a region that does not exist, and for regions of two
 * partitions, which no credentials span.
 */
export function regionsOf({ profile }: AwsSession, { selection, env }: Pick<ConnectOptions, 'selection' | 'env'>): TargetRegions {
  const configured = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  // A profile that was named on the command line brings its own region; otherwise the environment is nearer.
  const own = selection.profiles.length > 0 ? profile?.region || configured : configured || profile?.region;
  const chosen = selection.regions.length > 0 ? selection.regions : partitionOf(own || 'us-east-1').regions;
  const partitions = new Map<string, Partition>();
  for (const region of chosen) {
    const partition = partitionOf(region);
    partitions.set(partition.partition, partition);
  }
  const [partition, other] = [...partitions.keys()];
  if (partition === undefined || other !== undefined)
    throw new UsageError(`regions of ${[...partitions.keys()].join(' and ')} cannot be scanned with the same credentials`, {
      hint: 'Run one scan per partition.',
    });
  return { partition, regions: [...new Set(chosen)] };
}
