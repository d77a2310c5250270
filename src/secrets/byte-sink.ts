import type { ByteSink, StreamMatch } from '../model/byte-sink.ts';
import { automataOf, automatonSearch } from './automaton-search.ts';
import type { Detector } from './compile.ts';
import { kernelCode } from './kernel/code.generated.ts';
import { planFor } from './kernel/plan-for.ts';
import { kernelSearch } from './kernel/search.ts';
import { createKeyStream, reachOf } from './key-stream.ts';
import { leadsOf, type Passes } from './lead.ts';
import { leadSetOf } from './lead-set.ts';
import type { Redactor } from './redact.ts';
import type { Named } from './resolve.ts';

export interface ByteSinkOptions {
  readonly detectors: readonly Detector[];
  readonly redactor: Redactor;
  /** `wasm`: the SIMD kernel, or the automaton where the runtime has no SIMD. Both find the same. */
  readonly engine: 'wasm' | 'automaton';
  /** What to see through beside plain bytes; everything if not said. */
  readonly passes?: Partial<Passes>;
}

export interface KeySink extends ByteSink {
  /** The engine that really searches. */
  readonly engine: 'wasm' | 'automaton';
}

/**
 * Does once what all sinks of one detector set share. A sink finds keys in a stream of bytes, in place and in one pass; its
 * memory is the same for any length of stream. A match comes out once the bytes that could change it have been seen: up to
 * about 300 KiB later. One stream per sink. The sinks of one preparation share their memory: use one at a time.
 */
export function prepareByteSinks({ detectors, redactor, engine, passes }: ByteSinkOptions): () => KeySink {
  const set = leadSetOf(leadsOf(detectors, { ...allPasses, ...passes }));
  const { size } = reachOf(set);
  const kernel = engine === 'wasm' ? kernelSearch(kernelCode(), set.wanted, planFor, size) : undefined;
  const search = kernel ?? automatonSearch(automataOf(set.wanted), size);
  return () => {
    const stream = createKeyStream(set, search, detectors, redactor);
    return {
      engine: kernel === undefined ? 'automaton' : 'wasm',
      room: () => stream.room(),
      commit: (bytes) => stream.commit(bytes),
      take: () => stream.take().map(streamMatch),
      held: () => stream.held(),
      end: () => stream.end().map(streamMatch),
    };
  };
}

export const allPasses: Passes = { utf16: true, base64: true };

function streamMatch({ rule, issuers, start, end, shown, digest, publicDigest, confidence, why, packed }: Named): StreamMatch {
  return {
    detector: rule,
    issuerCandidates: issuers,
    startByte: start,
    endByte: end,
    shown,
    ...(digest !== undefined && { digest }),
    ...(publicDigest !== undefined && publicDigest !== digest && { publicDigest }),
    confidence,
    why,
    ...(packed !== undefined && { packed }),
  };
}
