import type { AiComponent } from '../../layer/layer-pass.ts';
import { readGguf } from './gguf.ts';
import { holdsObjects, type ModelWarning, riskOf, unwalkedPickles } from './model-warnings.ts';
import { readNumpy } from './numpy.ts';
import { readOnnx } from './onnx.ts';
import type { PickleWalk } from '../pickle/pickle-walk.ts';
import { walkPickles } from '../pickle/pickle.ts';
import { otherFormat } from './other-formats.ts';
import { type InnerPickle, latin1, type Member, nothing, type Recognised, type Recogniser } from '../recogniser.ts';
import { readSafetensors } from './safetensors.ts';
import { firstPickleInZip } from '../pickle/zip-pickle.ts';
import { isNumpy } from '../../numpy-header.ts';

/** Model files, by what their first bytes are; the name only decides which files are looked at. Tensors are never read. */
export const modelFiles: Recogniser = {
  wants(path, base) {
    const dot = base.lastIndexOf('.');
    const extension = dot < 0 ? '' : base.slice(dot + 1).toLowerCase();
    if (pickled.has(extension)) return 'content';
    if (extensions.has(extension)) return 'head';
    return isStoredBlob(path, base) ? 'head' : undefined;
  },
  read(member) {
    const { bytes, base } = member;
    const start = latin1(bytes.subarray(0, 24));
    if (start.startsWith('GGUF')) return model(member, { format: 'gguf', ...readGguf(bytes) });
    if (/^(?:lmgg|fmgg|tjgg|algg)/.test(start)) return model(member, { format: 'ggml' });
    if (start.startsWith('\x89HDF\r\n\x1a\n')) return model(member, { format: 'hdf5', warnings: member.config ?? [] });
    if (start.slice(4, 8) === 'TFL3') return model(member, { format: 'tflite' });
    if (isNumpy(bytes)) return numpy(member);
    if (start.startsWith('PK\x03\x04')) return zipped(member);
    const safetensors = readSafetensors(bytes, member.size);
    if (safetensors !== undefined) return model(member, { format: 'safetensors', ...safetensors });
    if (/\.(?:onnx|ort)$/i.test(base)) {
      const onnx = readOnnx(bytes);
      return onnx === undefined ? nothing : model(member, { format: 'onnx', ...onnx });
    }
    const other = otherFormat(base, start, bytes);
    if (other !== undefined) return model(member, { format: other });
    if (base === 'saved_model.pb') return model(member, { format: 'tensorflow savedmodel' });
    if (/\.mlmodel$/i.test(base)) return model(member, { format: 'core ml' });
    if (/\.(?:pdmodel|pdiparams)$/i.test(base)) return model(member, { format: 'paddle' });
    return pickle(member);
  },
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const pickled = words('pkl pickle p joblib pt pth ckpt pkl2 dill sav pck');
const extensions = words(
  'safetensors gguf ggml onnx ort bin model h5 hdf5 keras tflite npy npz pb mlmodel mar nemo llamafile engine plan pdmodel pdiparams t7 th torchscript ptl tar skops bst ubj cbm pmml caffemodel mnn rknn om hef pte litertlm task distcp index faiss',
);

/** Caches keep model files under their digest: `models/blobs/sha256-…` (Ollama), `models--org--name/blobs/…` (Hugging Face). */
function isStoredBlob(path: string, base: string): boolean {
  return /^(?:sha256-)?[0-9a-f]{40,64}$/.test(base) && path.endsWith(`blobs/${base}`);
}

type Declared = Pick<AiComponent, 'format'> & {
  readonly name?: string;
  readonly version?: string;
  readonly warnings?: readonly ModelWarning[];
};

function model({ path, base }: Member, { name, version, format, warnings = [] }: Declared): Recognised {
  const texts = new Set(warnings.map(({ text }) => text));
  const risk = riskOf(warnings);
  return {
    components: [
      {
        kind: 'model',
        name: name ?? repositoryIn(path) ?? base,
        ...(version !== undefined && { version }),
        ...(format !== undefined && { format }),
        path,
        ...(texts.size > 0 && { warnings: [...texts] }),
        ...(risk !== undefined && { risk }),
      },
    ],
  };
}

/** `models--org--name` of a Hugging Face cache. */
function repositoryIn(path: string): string | undefined {
  const [, name] = /(?:^|\/)models--([^/]{1,200})\//.exec(path) ?? [];
  return name?.replaceAll('--', '/');
}

function numpy(member: Member): Recognised {
  const array = readNumpy(member.bytes);
  if (array === undefined) return nothing;
  if (array.pickleStart === undefined) return model(member, { format: 'npy' });
  return fromWalk(member, 'npy', member.walk ?? walkPickles(member.bytes.subarray(array.pickleStart)), [holdsObjects]);
}

const zipFormats: ReadonlyMap<string, string> = new Map([
  ['npz', 'npz'],
  ['keras', 'keras'],
  ['mar', 'torchserve archive'],
  ['skops', 'skops'],
  ['task', 'mediapipe task'],
  ['distcp', 'pytorch'],
]);

/** PyTorch, Keras 3, TorchServe and numpy archives are all zips; the first pickle inside is walked where the head holds it. */
function zipped(member: Member): Recognised {
  const { base, bytes } = member;
  if (/\.(?:bin|model|tar|pb|npy|p|th)$/i.test(base) && !/\/(?:data\.pkl|version|byteorder)/.test(latin1(bytes.subarray(0, 4096))))
    return nothing;
  const format = zipFormats.get(base.slice(base.lastIndexOf('.') + 1).toLowerCase()) ?? 'pytorch';
  if (member.pickles !== undefined) return fromPickles(member, format, member.pickles);
  const inner = firstPickleInZip(bytes);
  if (inner === undefined)
    return { ...model(member, { format, warnings: member.config ?? [] }), ...(format === 'pytorch' && { limits: [unwalkedPickles] }) };
  return fromWalk(member, format, walkPickles(inner.bytes), [], inner.isWhole);
}

function fromPickles(member: Member, format: string, pickles: readonly InnerPickle[]): Recognised {
  const warnings = [...pickles.flatMap((one) => one.warnings), ...(member.config ?? [])];
  return { ...model(member, { format, warnings }), ...(!pickles.every(({ isWalked }) => isWalked) && { limits: [unwalkedPickles] }) };
}

/** A pickle under a name that says nothing of one: told of where it is a model's, or a risk. */
export function otherPickle(member: Member): Recognised {
  const recognised = pickle(member);
  return recognised.components.some(({ format, risk }) => format === 'pytorch' || risk !== undefined) ? recognised : nothing;
}

/** What the opcodes of a pickle inside of a model's archive show. */
export function innerPickle({ warnings, hasEnded }: PickleWalk): InnerPickle {
  return { warnings, isWalked: hasEnded };
}

/** The same of an array of Python objects. */
export function innerArray(head: Uint8Array, { warnings, hasEnded }: PickleWalk): InnerPickle | undefined {
  return readNumpy(head)?.pickleStart === undefined ? undefined : { warnings: [holdsObjects, ...warnings], isWalked: hasEnded };
}

function pickle(member: Member): Recognised {
  const walk = member.walk ?? walkPickles(member.bytes);
  if (!walk.isPickle) return nothing;
  const isTorch = walk.globals.some((name) => name.startsWith('torch.')) || walk.isTorchLegacy;
  const format = /\.joblib$/i.test(member.base) ? 'joblib' : isTorch ? 'pytorch' : 'pickle';
  return fromWalk(member, format, walk);
}

function fromWalk(member: Member, format: string, walk: PickleWalk, before: readonly ModelWarning[] = [], isWhole = true): Recognised {
  const recognised = model(member, { format, warnings: [...before, ...walk.warnings] });
  return { ...recognised, ...((!walk.hasEnded || !isWhole) && { limits: [unwalkedPickles] }) };
}
