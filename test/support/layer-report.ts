import { createHash } from 'node:crypto';
import type { LayerReport } from '../../src/images/layer/layer-pass.ts';

/** What a pass over a layer of this content saw, if it saw nothing. */
export function reportOf(content: string, more: Partial<LayerReport> = {}): LayerReport {
  return {
    digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    compressedBytes: content.length,
    uncompressedBytes: content.length,
    matches: [],
    whiteouts: [],
    opaque: [],
    components: [],
    gaps: [],
    limits: [],
    ...more,
  };
}
