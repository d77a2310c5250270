import { createHash } from 'node:crypto';
import type { BlobRef, ImageManifest, Platform } from '../../images/image.ts';
import type { Notes } from '../../providers/notes.ts';
import type { Finder } from '../../secrets/find.ts';
import { maskText } from '../../secrets/documents/mask-text.ts';

/** Masks the keys in a text. */
export type Mask = (text: string) => string;

/** Paths of archives may be as long as they like; what no system opens is shown by both its ends, and told from others by its digest. */
export function shownName(text: string): string {
  if (text.length <= longestName) return text;
  const [start, end] = [text.slice(0, longestName / 2), text.slice(-longestName / 4)];
  return `${start}…${createHash('sha256').update(text).digest('hex').slice(0, 12)}…${end}`;
}

/** PATH_MAX of Linux. */
const longestName = 4096;

/** Names come again and again: each is searched once. */
export function rememberedMask(finder: Finder): Mask {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const masked = shownName(maskText(finder, text));
    known.set(text, masked);
    return masked;
  };
}

/** Whoever pushes an image chooses its tags, types and annotations: whatever of them is shown holds no key. The raw bytes stay, to be searched. */
export function maskedManifest(manifest: ImageManifest, mask: Mask): ImageManifest {
  const { mediaType, artifactType, platform, config, layers, annotations, tags } = manifest;
  return {
    ...manifest,
    mediaType: mask(mediaType),
    ...(artifactType !== undefined && { artifactType: mask(artifactType) }),
    ...(platform !== undefined && { platform: maskedPlatform(platform, mask) }),
    ...(config !== undefined && { config: maskedBlob(config, mask) }),
    layers: layers.map((layer) => maskedBlob(layer, mask)),
    annotations: maskedValues(annotations, mask),
    tags: tags.map(mask),
  };
}

/** What could not be read is named by its maker, too. */
export function maskedNotes(notes: Notes, mask: Mask): Notes {
  return {
    ...notes,
    gap: (note) => notes.gap({ ...note, detail: mask(note.detail), ...(note.subject !== undefined && { subject: mask(note.subject) }) }),
    limit: (scope, subject, ...more) => notes.limit(scope, mask(subject), ...more),
  };
}

function maskedPlatform({ os, architecture, variant }: Platform, mask: Mask): Platform {
  return { os: mask(os), architecture: mask(architecture), ...(variant !== undefined && { variant: mask(variant) }) };
}

function maskedBlob(blob: BlobRef, mask: Mask): BlobRef {
  const { mediaType, annotations } = blob;
  return { ...blob, mediaType: mask(mediaType), ...(annotations !== undefined && { annotations: maskedValues(annotations, mask) }) };
}

function maskedValues(values: { readonly [name: string]: string }, mask: Mask): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, mask(value)]));
}
