import { declared, latin1, nothing, type Member, type Recognised, type Recogniser, utf8 } from './recogniser.ts';

/** What runs models, by the programs, libraries and version files that it puts into an image. */
export const runtimes: Recogniser = {
  wants(path, base) {
    if (programs.has(base)) return isOnPath(path) ? 'head' : undefined;
    if (base.startsWith('lib')) return base.includes('.so') && library.test(base) ? 'head' : undefined;
    return versionFiles.has(base) && versionFileOf(path) !== undefined ? 'head' : undefined;
  },
  read(member) {
    const { base, path } = member;
    const program = programs.get(base);
    if (program !== undefined) return isProgram(member.bytes) ? runtime(program, undefined, path) : nothing;
    const file = versionFileOf(path);
    if (file !== undefined) return fromVersionFile(member, file);
    return fromLibrary(member);
  },
};

function runtime(name: string, version: string | undefined, path: string): Recognised {
  return { components: [{ kind: 'runtime', name, ...(version !== undefined && { version }), ecosystem: 'system', path }] };
}

const programs: ReadonlyMap<string, string> = new Map([
  ['ollama', 'Ollama'],
  ['tritonserver', 'Triton Inference Server'],
  ['text-generation-launcher', 'Text Generation Inference'],
  ['text-generation-router', 'Text Generation Inference'],
  ['text-embeddings-router', 'Text Embeddings Inference'],
  ['llama-server', 'llama.cpp'],
  ['llama-cli', 'llama.cpp'],
  ['whisper-server', 'whisper.cpp'],
  ['whisper-cli', 'whisper.cpp'],
  ['local-ai', 'LocalAI'],
  ['tensorflow_model_server', 'TensorFlow Serving'],
  ['trtexec', 'TensorRT'],
  ['ovms', 'OpenVINO Model Server'],
  ['qdrant', 'Qdrant'],
  ['milvus', 'Milvus'],
  ['weaviate', 'Weaviate'],
  ['trtllm-serve', 'TensorRT-LLM'],
  ['mistralrs-server', 'mistral.rs'],
  ['koboldcpp', 'KoboldCpp'],
  ['llamafile', 'llamafile'],
  ['tabby', 'Tabby'],
  ['claude', 'Claude Code'],
  ['codex', 'Codex'],
]);

/** A folder of programs, or the layer's root: elsewhere the name may mean a source folder's file. */
const isOnPath = (path: string): boolean => /(?:^|\/)s?bin\/[^/]+$|^[^/]+$|^(?:app|opt|qdrant|milvus)\/(?:[^/]+\/){0,2}[^/]+$/.test(path);

/** An ELF file or a script. */
const isProgram = (bytes: Uint8Array): boolean => /^(?:\x7fELF|#!)/.test(latin1(bytes.subarray(0, 4)));

const libraries: ReadonlyMap<string, string> = new Map([
  ['libcudart', 'CUDA'],
  ['libcudnn', 'cuDNN'],
  ['libnvinfer', 'TensorRT'],
  ['libnccl', 'NCCL'],
  ['libamdhip64', 'ROCm HIP'],
  ['libonnxruntime', 'ONNX Runtime'],
  ['libopenvino', 'OpenVINO'],
  ['libtensorflow', 'TensorFlow'],
  ['libtensorflow_cc', 'TensorFlow'],
  ['libllama', 'llama.cpp'],
  ['libtorch', 'LibTorch'],
  ['libtritonserver', 'Triton Inference Server'],
  ['libcublas', 'cuBLAS'],
  ['libggml', 'ggml'],
  ['libwhisper', 'whisper.cpp'],
  ['libtensorflowlite', 'TensorFlow Lite'],
  ['libtensorrt_llm', 'TensorRT-LLM'],
  ['librocblas', 'rocBLAS'],
  ['libMIOpen', 'MIOpen'],
  ['libmlx', 'MLX'],
  ['libctranslate2', 'CTranslate2'],
  ['libpaddle_inference', 'Paddle Inference'],
  ['libmindspore-lite', 'MindSpore Lite'],
  ['libtvm_runtime', 'TVM'],
  ['libncnn', 'ncnn'],
  ['libMNN', 'MNN'],
  ['librknnrt', 'RKNN'],
  ['libascendcl', 'Ascend CANN'],
  ['libfaiss', 'Faiss'],
]);

const library = new RegExp(`^(${[...libraries.keys()].join('|')})(?:-[0-9a-f]{8})?\\.so(?:\\.([0-9]+(?:\\.[0-9]+){0,4}))?$`);

function fromLibrary({ base, path, bytes }: Member): Recognised {
  const [, stem, version] = library.exec(base) ?? [];
  const name = stem === undefined ? undefined : libraries.get(stem);
  if (name === undefined || !isProgram(bytes)) return nothing;
  return runtime(name, version, path);
}

interface VersionFile {
  readonly name: string;
  readonly pattern: RegExp;
}

const versionFiles: ReadonlySet<string> = new Set([
  'version.json',
  'version.txt',
  'version',
  'TRITON_VERSION',
  'cudnn_version.h',
  'NvInferVersion.h',
]);

function versionFileOf(path: string): VersionFile | undefined {
  if (/(?:^|\/)cuda(?:-[0-9.]+)?\/version\.json$/.test(path))
    return { name: 'CUDA', pattern: /"cuda"\s*:\s*\{[^{}]*"version"\s*:\s*"([0-9.]+)"/ };
  if (/(?:^|\/)cuda(?:-[0-9.]+)?\/version\.txt$/.test(path)) return { name: 'CUDA', pattern: /^CUDA Version ([0-9.]+)/ };
  if (/(?:^|\/)rocm(?:-[0-9.]+)?\/\.info\/version$/.test(path)) return { name: 'ROCm', pattern: /^([0-9][0-9.-]*)/ };
  if (/(?:^|\/)TRITON_VERSION$/.test(path)) return { name: 'Triton Inference Server', pattern: /^([0-9][0-9.]*)/ };
  if (/(?:^|\/)cudnn_version\.h$/.test(path)) return { name: 'cuDNN', pattern: triple('CUDNN_MAJOR', 'CUDNN_MINOR', 'CUDNN_PATCHLEVEL') };
  if (/(?:^|\/)NvInferVersion\.h$/.test(path))
    return { name: 'TensorRT', pattern: triple('NV_TENSORRT_MAJOR', 'NV_TENSORRT_MINOR', 'NV_TENSORRT_PATCH') };
  return undefined;
}

function triple(...names: readonly string[]): RegExp {
  return new RegExp(names.map((name) => `#define ${name} ([0-9]{1,6})`).join('[^]{0,400}?'));
}

function fromVersionFile({ path, bytes }: Member, { name, pattern }: VersionFile): Recognised {
  const parts = pattern.exec(utf8(bytes))?.slice(1);
  return parts === undefined ? nothing : runtime(name, declared(parts.join('.')), path);
}
