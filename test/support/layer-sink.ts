import { createHash } from 'node:crypto';
import type { ByteSink, StreamMatch } from '../../src/images/layer/layer-pass.ts';
import { newlines } from '../../src/model/newlines.ts';

/** Finds `KEY:` and eight letters, in the plainest way, and reports late like a real sink. */
export function layerSink(roomBytes = 256 << 10, lateBytes = 100): ByteSink {
  const room = new Uint8Array(roomBytes);
  let kept = '';
  let base = 0;
  let looked = 0;
  const dispensable = (): number => Math.max(0, kept.length - lateBytes - 100);
  const search = (to: number): StreamMatch[] => {
    const found: StreamMatch[] = [];
    for (const match of kept.matchAll(/KEY:[a-z]{8}/g)) {
      const startByte = base + match.index;
      if (startByte < looked || startByte >= to) continue;
      const digest = createHash('sha256').update(match[0]).digest('hex').slice(0, 8);
      found.push({
        detector: 'test.key',
        issuerCandidates: ['Test'],
        startByte,
        endByte: startByte + 12,
        shown: 'KEY:****',
        digest,
        confidence: 'certain',
        why: 'test',
      });
    }
    looked = Math.max(looked, to);
    return found;
  };
  return {
    room() {
      const drop = dispensable();
      kept = kept.slice(drop);
      base += drop;
      return room;
    },
    cut: () => undefined,
    program: () => undefined,
    encoded: () => [],
    commit(bytes) {
      kept += Buffer.from(room.buffer, 0, bytes).toString('latin1');
    },
    take() {
      const end = base + kept.length;
      return search(Math.max(looked, end - lateBytes));
    },
    held() {
      const bytes = Buffer.from(kept, 'latin1');
      return { bytes, startByte: base, keptFrom: base + dispensable(), newlines: (from, to) => newlines(bytes, from, to) };
    },
    end: () => search(base + kept.length),
  };
}

/** What the sink makes of a key, for comparing. */
export const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 8);
