import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { defaultBudgets } from '../../src/images/budgets.ts';
import type { LayerReport } from '../../src/images/layer/layer-pass.ts';
import { passLayer, type PassOptions } from '../../src/images/layer/pass-layer.ts';
import { digestOf, layerSink } from './layer-sink.ts';

/** Keys as `layerSink` finds them. */
export const [a, b, c] = ['KEY:aaaaaaaa', 'KEY:bbbbbbbb', 'KEY:cccccccc'] as const;

export interface PassTest extends Partial<PassOptions> {
  readonly size?: number;
}

export function options(): Omit<PassOptions, 'chunks'> {
  return {
    digest: 'sha256:0',
    createSink: () => layerSink(),
    budgets: defaultBudgets,
    now: () => 0,
    mask: (text) => text.replaceAll(/KEY:[a-z]{8}/g, 'KEY:****'),
    opensNested: true,
    wantsDiffId: false,
    signal: new AbortController().signal,
  };
}

export function pass(bytes: Uint8Array, { size = 100_000, ...others }: PassTest = {}): Promise<LayerReport> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  return passLayer({ ...options(), ...others, chunks: chunks() });
}

export function places({ matches }: LayerReport) {
  const keys = new Map<string, string>([a, b, c].map((key) => [digestOf(key), key]));
  return matches.map(({ digest = '', path, line, column, offsetInFile }) => ({
    key: keys.get(digest),
    path,
    ...(line !== undefined && { line, column }),
    ...(offsetInFile !== undefined && { offsetInFile }),
  }));
}

export interface ZipEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly isStored?: boolean;
  /** Sizes stand behind the data. */
  readonly isStreamed?: boolean;
}

export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals = entries.map(({ name, content, isStored = false, isStreamed = false }) => {
    const bytes = Buffer.from(content as string);
    const data = isStored ? bytes : deflateRawSync(bytes);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(isStreamed ? 8 : 0, 6);
    header.writeUInt16LE(isStored ? 0 : 8, 8);
    if (!isStreamed) header.writeUInt32LE(data.length, 18);
    header.writeUInt32LE(isStreamed ? 0 : bytes.length, 22);
    header.writeUInt16LE(name.length, 26);
    const descriptor = Buffer.alloc(isStreamed ? 16 : 0);
    if (isStreamed) descriptor.writeUInt32LE(0x08074b50, 0);
    return Buffer.concat([header, Buffer.from(name), data, descriptor]);
  });
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  return Buffer.concat([...locals, end]);
}

export function noise(length: number): Buffer {
  return randomBytes(length);
}
