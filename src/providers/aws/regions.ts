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

/** The partition that holds this region. Throws UsageError with close names where there is no such region. */
export function partitionOf(region: string): Partition {
  const found = all.find((partition) => partition.regions.includes(region));
  if (found !== undefined) return found;
  const near = closest(
    region,
    all.flatMap((partition) => partition.regions),
  );
  throw new UsageError(`no such AWS region "${region}"${near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`}`, {
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

/** Up to three names at a small edit distance, nearest first. */
export function closest(wanted: string, names: readonly string[]): readonly string[] {
  return names
    .map((name) => ({ name, distance: editDistance(wanted, name) }))
    .filter(({ distance }) => distance <= Math.max(2, Math.floor(wanted.length / 4)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => `"${name}"`);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line++) {
    const next = [line];
    for (let column = 1; column <= b.length; column++) {
      const substitution = row[column - 1]! + (a[line - 1] === b[column - 1] ? 0 : 1);
      next.push(Math.min(row[column]! + 1, next[column - 1]! + 1, substitution));
    }
    row = next;
  }
  return row[b.length]!;
}
