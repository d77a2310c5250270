import { digestOf } from '../../images/digest.ts';
import type { HeldManifest, RepositoryRun } from './image-run.ts';

/**
 * Gives what is attached to an image (a signature, an SBOM, provenance) the tags of the image: by them a user knows what it belongs to. What it is
 * attached to is said by its `subject`, or by the tag that stands for it where a registry has no list of referrers.
 */
export function tagAttached({ manifests }: RepositoryRun): void {
  const holders = new Map<string, HeldManifest[]>();
  for (const held of manifests.values()) {
    for (const digest of digestsOf(held)) holders.set(digest, [...(holders.get(digest) ?? []), held]);
  }
  for (const held of manifests.values()) {
    for (const tag of tagsOfSubjects(held, holders, longestChain)) held.tags.add(tag);
  }
}

/** A signature of the SBOM of an image, and not much more. */
const longestChain = 4;

function tagsOfSubjects(held: HeldManifest, holders: ReadonlyMap<string, readonly HeldManifest[]>, left: number): readonly string[] {
  if (left === 0) return [];
  const above = subjectsOf(held).flatMap((digest) => holders.get(digest) ?? []);
  return above.flatMap((one) => [...one.manifest.tags, ...tagsOfSubjects(one, holders, left - 1)]);
}

/** Its own, and those of the indexes above: a subject may be an index. */
function digestsOf({ manifest }: HeldManifest): readonly string[] {
  return [manifest.digest, ...manifest.raw.slice(1, mostIndexes).map((bytes) => digestOf(bytes))];
}

const mostIndexes = 8;

function subjectsOf({ manifest }: HeldManifest): readonly string[] {
  const named = manifest.tags.flatMap((tag) => {
    const [, hex] = /^sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?$/.exec(tag) ?? [];
    return hex === undefined ? [] : [`sha256:${hex}`];
  });
  return [...(manifest.subject !== undefined ? [manifest.subject] : []), ...named];
}
