import type { ImageGap } from './image.ts';

/**
 * Where uncompressed bytes go, in order and once. The decompressor writes straight into the sink's own memory:
 * `room()` is at least 64 KiB and valid until the next `commit`; `commit(n)` says that n bytes were written at its start.
 * The sink may be a matcher, or a matcher and something else beside it.
 */
export interface ByteSink {
  room(): Uint8Array;
  commit(bytes: number): void;
  /** Matches whose bytes have been seen completely, in order of `startByte`; each is handed out once. */
  take(): readonly StreamMatch[];
  /** No more bytes come: everything that was held back is decided. */
  end(): readonly StreamMatch[];
}

/** A key in a stream of bytes. No value: offsets, masked form and digest only. */
export interface StreamMatch {
  /** `<issuer>.<kind>`, or `shared.<shape>` where formats collide. */
  readonly detector: string;
  readonly issuerCandidates: readonly string[];
  /** Offsets in the uncompressed stream. */
  readonly startByte: number;
  readonly endByte: number;
  readonly shown: string;
  readonly digest?: string;
  readonly confidence: 'certain' | 'likely' | 'possible';
  readonly why: string;
  /** How it was packed: `utf-16le`, `utf-16be`, `base64`; absent for plain bytes. */
  readonly packed?: string;
}

/** A place of a key in one layer. */
export interface LayerMatch extends StreamMatch {
  /** Path of the member of the layer's tar; nested containers are joined with `!/` (`opt/x.whl!/pkg/config.py`). Empty where no member holds the offset. */
  readonly path: string;
  /** 1-based, for text; absent in binary content. */
  readonly line?: number;
  readonly column?: number;
  /** Offset in the innermost member. */
  readonly offsetInFile?: number;
}

/** What one pass over one layer saw. Holds no value of a secret; this is what the cache keeps. */
export interface LayerReport {
  readonly digest: string;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  readonly matches: readonly LayerMatch[];
  /** Every path that this layer writes or removes, for visibility in the final image: only those that matter (paths with matches, whiteouts, opaque directories, links to them). */
  readonly whiteouts: readonly string[];
  readonly opaque: readonly string[];
  readonly components: readonly AiComponent[];
  readonly gaps: readonly ImageGap[];
  readonly limits: readonly { readonly subject: string; readonly count: number }[];
}

/** A package, runtime or model file that was recognised in passing. */
export interface AiComponent {
  readonly kind: 'package' | 'runtime' | 'model';
  readonly name: string;
  readonly version?: string;
  readonly ecosystem?: 'pypi' | 'npm' | 'deb' | 'apk' | 'rpm' | 'system';
  /** Model file format (`safetensors`, `gguf`, `pickle`, `onnx` …). */
  readonly format?: string;
  readonly path: string;
  /** Dangerous opcodes of a pickle and the like; the file is never loaded. */
  readonly warnings?: readonly string[];
}
