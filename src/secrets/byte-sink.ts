import type { ByteSink, StreamMatch } from '../model/byte-sink.ts';
import { automatonSearch } from './search/automaton-search.ts';
import type { DetectorSet } from './detectors/detector-set.ts';
import { kernelSearch } from './search/kernel/search.ts';
import { createKeyStream, streamBytes } from './key-stream.ts';
import { allPasses, type Passes } from './search/lead.ts';
import type { Redactor } from './redact.ts';
import type { Named } from './verify/resolve.ts';
import type { NetName } from './search/search-tables.ts';

export interface ByteSinkOptions {
  readonly set: DetectorSet;
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
 * memory is the same for any length of stream, about 0.9 MB. A match comes out once the bytes that could change it have been seen:
 * up to about 300 KiB later. One stream per sink. The sinks of one preparation share their memory: use one at a time.
 */
export function prepareByteSinks({ set, redactor, engine, passes }: ByteSinkOptions): () => KeySink {
  const wanted = netsOf({ ...allPasses, ...passes });
  const size = streamBytes(set.tables);
  const kernel = engine === 'wasm' ? kernelSearch(set.code, set.tables, wanted, size) : undefined;
  const search = kernel ?? automatonSearch(set.tables, wanted, size);
  return () => {
    const stream = createKeyStream(set, search, redactor);
    return {
      engine: kernel === undefined ? 'automaton' : 'wasm',
      room: () => stream.room(),
      commit: (bytes) => stream.commit(bytes),
      cut: (at) => stream.cut(at),
      program: (from, to) => stream.program(from, to),
      take: () => stream.take().map(streamMatch),
      encoded: () => stream.encoded(),
      held: () => stream.held(),
      end: () => stream.end().map(streamMatch),
    };
  };
}

function netsOf({ utf16, base64 }: Passes): readonly NetName[] {
  const everywhere = base64 ? 'plain and base64' : 'plain';
  return utf16 ? [everywhere, 'utf-16'] : [everywhere];
}

/** What of a match leaves the search. */
export function streamMatch({ rule, issuers, start, end, shown, digest, publicDigest, confidence, why, packed }: Named): StreamMatch {
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
