import type { Platform } from '../image.ts';
import type { ChildRef } from './parse-manifest.ts';

/** `OS/ARCHITECTURE[/VARIANT]`, as `docker pull --platform` takes it; `undefined` for anything else. */
export function parsePlatform(text: string): Platform | undefined {
  const [, os, architecture, variant] = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9]+))?$/.exec(text) ?? [];
  if (os === undefined || architecture === undefined) return undefined;
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

export const platformText = ({ os, architecture, variant }: Platform): string =>
  [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');

export interface PlatformCut {
  readonly kept: readonly ChildRef[];
  /** Platforms that were not chosen. */
  readonly left: readonly Platform[];
  /** The index is one of platforms, and none of them was chosen. */
  readonly isMissing: boolean;
}

/** The members of an index that are for the chosen platforms. What names no platform stays, attestations stay with their images. */
export function cutPlatforms(children: readonly ChildRef[], chosen: readonly Platform[] | undefined): PlatformCut {
  if (chosen === undefined) return { kept: children, left: [], isMissing: false };
  const isLeft = ({ platform }: ChildRef): boolean =>
    platform !== undefined && !isUnknown(platform) && !chosen.some((one) => isSame(platform, one));
  const left = children.filter(isLeft);
  const digests = new Set(left.map(({ digest }) => digest));
  const kept = children.filter((child) => !isLeft(child) && !digests.has(child.annotations?.['vnd.docker.reference.digest'] ?? ''));
  const isMissing = left.length > 0 && !kept.some(({ platform }) => platform === undefined || !isUnknown(platform));
  return { kept, left: left.flatMap(({ platform }) => platform ?? []), isMissing };
}

/** A choice without a variant is for all of them. */
function isSame(platform: Platform, chosen: Platform): boolean {
  if (platform.os !== chosen.os || platform.architecture !== chosen.architecture) return false;
  return chosen.variant === undefined || chosen.variant === platform.variant;
}

/** What attestations say. https://docs.docker.com/build/metadata/attestations/attestation-storage/ */
const isUnknown = ({ os, architecture }: Platform): boolean => os === 'unknown' && architecture === 'unknown';
