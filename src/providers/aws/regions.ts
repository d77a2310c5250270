import { nearest } from '../../model/nearest.ts';
import { UsageError } from '../../model/usage-error.ts';
import partitions from './regions.json' with { type: 'json' };

/**
 * One isolated set of regions. From the partition table of @aws-sdk/core; which regions an account must first enable is
 * AWS's own list: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export interface Partition {
  readonly partition: string;
  readonly dnsSuffix: string;
  /** Where calls of IAM are signed. */
  readonly iamRegion: string;
  readonly regions: readonly string[];
  /** Regions that are off until the account turns them on. */
  readonly optIn?: readonly string[];
}

const all: readonly Partition[] = partitions;

/** The partition that holds this region. Throws UsageError with the nearest name where there is no such region. */
export function partitionOf(region: string): Partition {
  const found = all.find((partition) => partition.regions.includes(region));
  if (found !== undefined) return found;
  const near = nearest(
    region,
    all.flatMap((partition) => partition.regions),
  );
  throw new UsageError(`no such AWS region "${region}"${near === undefined ? '' : `; did you mean "${near}"?`}`, {
    hint: 'Name regions as AWS does, for example --region eu-west-1.',
  });
}

/** The partition of this name, as the second part of an ARN says it. */
export function partitionNamed(name: string): Partition | undefined {
  return all.find((partition) => partition.partition === name);
}

export function isOptIn(region: string): boolean {
  return all.some((partition) => partition.optIn?.includes(region) === true);
}
