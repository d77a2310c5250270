import type { StreamMatch } from '../../model/byte-sink.ts';
import type { ModelRisk } from '../components/models/model-warnings.ts';
import type { ImageGap } from '../image.ts';

export type { ByteSink, EncodedKind, EncodedPart, Held, StreamMatch } from '../../model/byte-sink.ts';

/** A place of a key in one layer. */
export interface LayerMatch extends StreamMatch {
  /** Path of the member of the layer's tar; nested containers are joined with `!/` (`opt/x.whl!/pkg/config.py`). Empty where no member holds the offset. */
  readonly path: string;
  /** 1-based, for text; absent in binary content. */
  readonly line?: number;
  readonly column?: number;
  /** Offset in the innermost member. */
  readonly offsetInFile?: number;
  /** The same layer holds another file of this path behind this one. */
  readonly isReplacedInLayer?: true;
}

/** What one pass over one layer saw. Holds no value of a secret; this is what the cache keeps. */
export interface LayerReport {
  readonly digest: string;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  readonly matches: readonly LayerMatch[];
  /** Paths of lower layers that this one removes. */
  readonly whiteouts: readonly string[];
  /** Directories of which nothing that lower layers have in them is left. */
  readonly opaque: readonly string[];
  /** Every path that this layer writes, as a path set (`path-set.ts`): enough to ask whether a path of another layer is replaced here. */
  readonly written?: Uint8Array<ArrayBuffer>;
  /** Hard links to files with matches, or of earlier layers: the same content under one more name. */
  readonly hardLinks?: readonly { readonly path: string; readonly target: string }[];
  /** Symbolic links that may lead to directories, with where they lead inside of the image: a later layer may name a file through one. */
  readonly folderLinks?: readonly { readonly path: string; readonly target: string }[];
  /** sha256 of the uncompressed bytes; only where it was asked for. */
  readonly diffId?: string;
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
  /** It is no model by itself: its name is that of the model files beside it that declare none. */
  readonly describes?: 'folder';
  /** Model file format (`safetensors`, `gguf`, `pickle`, `onnx` …). */
  readonly format?: string;
  readonly path: string;
  /** Dangerous opcodes of a pickle and the like; the file is never loaded. */
  readonly warnings?: readonly string[];
  /** What they come to, for who loads the file. */
  readonly risk?: ModelRisk;
}
