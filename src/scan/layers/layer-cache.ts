import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { LayerReport } from '../../images/layer/layer-pass.ts';
import { isJsonObject } from '../../model/json.ts';
import { makeFolder } from '../make-folder.ts';

export interface LayerCacheOptions {
  readonly dir: string;
  /** Of the detectors, the user's key for digests, and whatever else changes what a pass over a layer finds. */
  readonly fingerprint: string;
  /** Above this the entries that are oldest go. */
  readonly limitBytes: number;
  /** One sentence when the disk gives trouble; the scan goes on without the cache. */
  readonly warn: (text: string) => void;
}

/** What was seen in layers, on disk. Holds no value of a secret. */
export interface LayerCache {
  get(digest: string): Promise<LayerReport | undefined>;
  put(digest: string, report: LayerReport): Promise<void>;
  /** Keeps the cache within its limit. Nothing may be asked of it afterwards. */
  close(): Promise<void>;
}

/** Of the form of an entry and of what a pass looks at: what an older program saw less of is not found. */
const form = 11;
const prefix = 'aispm-layer/';

/**
 * A cache of layer reports by layer digest. Content is addressed by its own digest: an entry that was damaged is no entry, and
 * runs at the same time do not meet. A full or unwritable disk ends the writing, with one sentence.
 */
export async function openLayerCache({ dir, fingerprint, limitBytes, warn }: LayerCacheOptions): Promise<LayerCache> {
  const { default: cacache } = await import('cacache');
  const keyOf = (digest: string): string => `${prefix}${form}/${fingerprint}/${digest}`;
  let isWritable = true;
  let hasWritten = false;
  let isMade: Promise<void> | undefined;
  const stopWriting = async (error: unknown): Promise<void> => {
    const isFirst = isWritable;
    isWritable = false;
    if (isFirst) warn(`the cache of layers in "${dir}" cannot be written (${await reasonOf(error, dir)}): this scan goes on without it`);
  };
  return {
    async get(digest) {
      const entry = await cacache.get(dir, keyOf(digest)).catch(() => undefined);
      return entry === undefined ? undefined : parseReport(entry.data, digest);
    },
    async put(digest, report) {
      if (!isWritable) return;
      hasWritten = true;
      try {
        await (isMade ??= makeFolder(dir));
        const [key, text] = [keyOf(digest), textOf(report)];
        const integrity = await cacache.put(dir, key, text);
        const isWhole = await cacache.get.byDigest(dir, integrity).then(
          () => true,
          () => false,
        );
        if (isWhole) return;
        // Content that is there already is not written again, damaged as it may be.
        await cacache.rm.content(dir, integrity);
        await cacache.put(dir, key, text);
      } catch (error) {
        await stopWriting(error);
      }
    },
    async close() {
      if (hasWritten && isWritable) await shrink(cacache, dir, limitBytes).catch(stopWriting);
    },
  };
}

function textOf({ written, ...others }: LayerReport): string {
  const marks = written && Buffer.from(written.buffer, written.byteOffset, written.length).toString('base64');
  return JSON.stringify({ ...others, ...(marks !== undefined && { written: marks }) });
}

function parseReport(data: Buffer, digest: string): LayerReport | undefined {
  try {
    const report: unknown = JSON.parse(data.toString('utf8'));
    const isReport = isJsonObject(report) && report.digest === digest && lists.every((name) => Array.isArray(report[name]));
    if (!isReport) return undefined;
    // Written by `put` alone; cacache has checked its digest.
    const { written, ...others } = report as unknown as Omit<LayerReport, 'written'> & { readonly written?: string };
    return written === undefined ? others : { ...others, written: Uint8Array.from(Buffer.from(written, 'base64')) };
  } catch {
    return undefined;
  }
}

const lists = ['matches', 'whiteouts', 'opaque', 'components', 'gaps', 'limits'];

/** Entries of other detectors and the oldest go first, until three quarters of the limit are left. */
async function shrink(cacache: typeof import('cacache'), dir: string, limitBytes: number): Promise<void> {
  const entries = Object.values(await cacache.ls(dir)).filter(({ key }) => key.startsWith(prefix));
  let total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total <= limitBytes) return;
  for (const { key, integrity, size } of entries.sort((a, b) => a.time - b.time)) {
    if (total <= limitBytes * 0.75) break;
    await cacache.rm.entry(dir, key);
    await cacache.rm.content(dir, integrity);
    total -= size;
  }
}

/** A folder that cannot be made on a read-only disk is first of all "not there": the place that is there says why. */
async function reasonOf(error: unknown, dir: string): Promise<string> {
  const code = codeOf(error);
  if (code !== 'ENOENT') return code;
  for (let at = path.resolve(dir); ; at = path.dirname(at)) {
    const refusal = await refusalOf(at);
    if (refusal !== undefined && refusal !== 'ENOENT') return refusal;
    if (at === path.dirname(at)) return code;
  }
}

async function refusalOf(place: string): Promise<string | undefined> {
  try {
    await access(place, constants.W_OK);
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason');
