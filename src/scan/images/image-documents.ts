import { digestOf } from '../../images/digest.ts';
import { BlobFailed, type BlobRef, type ImageGap, type ImageManifest, type ImageReader } from '../../images/image.ts';
import type { ImagePart } from '../../model/secret-match.ts';
import { isJsonList, isJsonObject, type Json, jsonIn } from '../../model/json.ts';
import type { Notes } from '../../providers/notes.ts';
import { textOf } from '../../secrets/documents/decode.ts';
import { keysInDocument } from '../../secrets/documents/document-keys.ts';
import type { Finder } from '../../secrets/find.ts';
import { maskText } from '../../secrets/documents/mask-text.ts';
import { type ConfigSeen, type HeldManifest, type HistoryEntry, noteGap, type RepositoryRun } from './image-run.ts';

/** A configuration is some kilobytes; what is longer than this is not read into memory. */
const longestConfig = 16 * 1024 * 1024;

/** Looks for keys in the manifest itself, the indexes above it, and its annotations. */
export function searchManifest(run: RepositoryRun, held: HeldManifest, finder: Finder): void {
  for (const [index, raw] of held.manifest.raw.entries()) {
    addKeys(run, held, finder, {
      text: textOf(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)),
      // An index stands above several manifests: what is found in it is one place of them all.
      blob: index === 0 ? held.manifest.digest : digestOf(raw),
      partOf: (path) => (isAnnotation(path) ? 'annotation' : 'manifest'),
    });
    // The first is the manifest; indexes above it follow and hold for others, too.
    if (index >= mostIndexes) break;
  }
}

const mostIndexes = 16;
const isAnnotation = (path: string): boolean => /(^|[.\]])annotations(\.|#|$)/.test(path);

/** Reads the configuration: keys in environment, labels, commands, health checks, triggers and history, and what made each layer. */
export async function searchConfig(
  run: RepositoryRun,
  held: HeldManifest,
  { finder, notes, signal }: { readonly finder: Finder; readonly notes: Notes; readonly signal: AbortSignal },
): Promise<void> {
  const { config } = held.manifest;
  if (config === undefined) return;
  const text = await readText(run, held, config, notes, signal);
  if (text === undefined) return;
  const seen = configSeen(text, finder);
  if (seen !== undefined) run.configs.set(config.digest, seen);
  addKeys(run, held, finder, { text, blob: config.digest, partOf: (path) => (/^history\b/.test(path) ? 'history' : 'config') });
}

async function readText(
  run: RepositoryRun,
  { reader }: HeldManifest,
  config: BlobRef,
  notes: Notes,
  signal: AbortSignal,
): Promise<string | undefined> {
  const first = await readOnce(reader, config, signal);
  // What was changed on the way is read once more.
  const { bytes, gap } = first.mayDiffer ? await readOnce(reader, config, signal) : first;
  if (gap !== undefined) noteGap(run, notes, 'image config', gap);
  return bytes.length === 0 ? undefined : textOf(bytes);
}

interface ReadConfig {
  /** All that could be read. */
  readonly bytes: Buffer;
  readonly gap?: ImageGap;
  readonly mayDiffer: boolean;
}

async function readOnce(reader: ImageReader, config: BlobRef, signal: AbortSignal): Promise<ReadConfig> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of reader.read(config, signal)) {
      chunks.push(Uint8Array.from(chunk));
      bytes += chunk.length;
      if (bytes <= longestConfig) continue;
      const detail = `the configuration is longer than ${longestConfig} bytes`;
      return { bytes: Buffer.concat(chunks), gap: { reason: 'too-large', subject: config.digest, detail }, mayDiffer: false };
    }
  } catch (error) {
    if (!(error instanceof BlobFailed)) throw error;
    return { bytes: Buffer.concat(chunks), gap: error.gap, mayDiffer: error.mayDiffer };
  }
  return { bytes: Buffer.concat(chunks), mayDiffer: false };
}

interface Document {
  readonly text: string;
  readonly blob: string;
  readonly partOf: (path: string) => ImagePart;
}

function addKeys(run: RepositoryRun, { manifest, tags }: HeldManifest, finder: Finder, { text, blob, partOf }: Document): void {
  for (const { path, ...key } of keysInDocument(text, finder)) {
    run.found.push({
      ...key,
      at: {
        manifests: [manifest.digest],
        tags: [...tags],
        platforms: platformsOf(run, manifest),
        part: partOf(path),
        blob,
        path,
        visible: 'final',
      },
    });
  }
}

/** Indexes say it of a manifest, else its configuration does. */
export function platformsOf({ configs }: RepositoryRun, { platform, config }: ImageManifest): readonly string[] {
  const own = configs.get(config?.digest ?? '')?.platform;
  if (platform === undefined) return own === undefined ? [] : [own];
  const { os, architecture, variant } = platform;
  return [[os, architecture, ...(variant === undefined ? [] : [variant])].join('/')];
}

/** What is no JSON, or not of this form, has no history; it was searched as text all the same. */
function configSeen(text: string, finder: Finder): ConfigSeen | undefined {
  const config = jsonIn(text);
  if (!isJsonObject(config)) return undefined;
  const { history, created, os, architecture } = config;
  return {
    history: isJsonList(history) ? history.map((entry) => historyEntry(entry, finder)) : [],
    ...(typeof created === 'string' && /^[\d:TZ.+-]{10,40}$/.test(created) && { created }),
    ...(typeof os === 'string' &&
      typeof architecture === 'string' &&
      os !== '' &&
      architecture !== '' && { platform: maskText(finder, `${os}/${architecture}`) }),
  };
}

function historyEntry(entry: Json, finder: Finder): HistoryEntry {
  if (!isJsonObject(entry)) return { createdBy: '', isEmptyLayer: false };
  const { created_by: line, empty_layer: empty } = entry;
  const masked = typeof line === 'string' ? maskText(finder, line).replaceAll(/\s+/g, ' ').trim() : '';
  return { createdBy: masked.length > longestLine ? `${masked.slice(0, longestLine)}…` : masked, isEmptyLayer: empty === true };
}

/** A history line is for recognising a step of the build; a whole script in it is not. */
const longestLine = 240;
