import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createComponentReader } from '../../../src/images/components/reader.ts';
import { contentBytes } from '../../../src/images/components/recogniser.ts';
import type { AiComponent } from '../../../src/images/layer/layer-pass.ts';

/** Reads one member as the layer's walker does. */
function read(path: string, bytes: Uint8Array, reader = createComponentReader()): readonly AiComponent[] {
  const file = reader.open(path, bytes.length);
  for (let at = 0; at < bytes.length; at += 50_001) file?.push(bytes.subarray(at, at + 50_001));
  return file?.end() ?? [];
}

/** With the first bytes, by which a file of any name is known. */
function readHeaded(path: string, bytes: Uint8Array): readonly AiComponent[] {
  const file = createComponentReader().open(path, bytes.length, bytes.subarray(0, 512));
  file?.push(bytes);
  return file?.end() ?? [];
}

const text = (value: string): Uint8Array => Buffer.from(value);

/** The `METADATA` of what the system's Python has, with the version as its own library reads it. */
const installed = installedPackages();
function installedPackages(): readonly { readonly path: string; readonly version: string }[] {
  const list = `
import importlib.metadata as m, json
paths = [(d, str(d._path) + '/METADATA') for d in m.distributions()]
print(json.dumps([{'path': p, 'version': d.version} for d, p in paths if p.endswith('.dist-info/METADATA')]))`;
  const { status, stdout } = spawnSync('python3', ['-c', list], { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as readonly { readonly path: string; readonly version: string }[]) : [];
}

describe('packages', () => {
  it('a Python package is known by its metadata, under the name that indexes use', () => {
    const metadata = text('Metadata-Version: 2.1\nName: Sentence_Transformers\nVersion: 3.0.1\n\nName: not-this-one\n');
    const path = 'usr/lib/python3/dist-packages/sentence_transformers-3.0.1.dist-info/METADATA';
    expect(read(path, metadata)).toEqual([{ kind: 'package', name: 'sentence-transformers', version: '3.0.1', ecosystem: 'pypi', path }]);
  });

  it('a Python package that serves models is a runtime', () => {
    const path = 'opt/venv/lib/python3.12/site-packages/vllm-0.9.1.dist-info/METADATA';
    expect(read(path, text('Name: vllm\nVersion: 0.9.1\n'))).toEqual([
      { kind: 'runtime', name: 'vllm', version: '0.9.1', ecosystem: 'pypi', path },
    ]);
  });

  it('an egg-info folder, an egg-info file and a conda package are known too', () => {
    const info = text('Metadata-Version: 1.0\nName: torch\nVersion: 1.0\n');
    const paths = ['lib/torch.egg-info/PKG-INFO', 'lib/torch-1.0-py3.8.egg-info', 'opt/conda/conda-meta/pytorch-1.0-py3.8_cuda11.json'];
    expect(paths.flatMap((path) => read(path, info))).toEqual(
      paths.map((path) => ({ kind: 'package', name: 'torch', version: '1.0', ecosystem: 'pypi', path })),
    );
  });

  it('libraries of CUDA that conda installed are known by their name there', () => {
    const path = 'opt/conda/conda-meta/cuda-cudart-12.1.105-0.json';
    expect(read(path, text('{}'))).toEqual([{ kind: 'runtime', name: 'cuda-cudart', version: '12.1.105', ecosystem: 'system', path }]);
  });

  it('other Python packages are no AI components', () => {
    expect(read('lib/requests-2.0.dist-info/METADATA', text('Name: requests\nVersion: 2.0\n'))).toEqual([]);
  });

  it('a Node package is known by its folder; its version by its manifest', () => {
    const paths = ['app/node_modules/@anthropic-ai/sdk/package.json', 'node_modules/openai/package.json'];
    expect(paths.flatMap((path) => read(path, text('{"name":"x","version":"1.2.3"}')))).toEqual([
      { kind: 'package', name: '@anthropic-ai/sdk', version: '1.2.3', ecosystem: 'npm', path: paths[0] },
      { kind: 'package', name: 'openai', version: '1.2.3', ecosystem: 'npm', path: paths[1] },
    ]);
  });

  it('manifests deeper in a package are no packages, and damaged ones have no version', () => {
    expect(read('node_modules/openai/dist/cjs/package.json', text('{}'))).toEqual([]);
    const path = 'node_modules/openai/package.json';
    expect(read(path, text('{"version": '))).toEqual([{ kind: 'package', name: 'openai', ecosystem: 'npm', path }]);
  });

  it('Debian and Alpine packages come from their databases, removed ones do not', () => {
    const status = text(
      ['cuda-cudart-12-4', 'libcudnn9-cuda-12', 'zlib1g']
        .map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1:2-3\n`)
        .join('\n') + '\nPackage: libnccl2\nStatus: deinstall ok config-files\nVersion: 2\n',
    );
    const path = 'var/lib/dpkg/status';
    expect(read(path, status)).toEqual([
      { kind: 'runtime', name: 'cuda-cudart-12-4', version: '1:2-3', ecosystem: 'deb', path },
      { kind: 'runtime', name: 'libcudnn9-cuda-12', version: '1:2-3', ecosystem: 'deb', path },
    ]);
    const installed = 'lib/apk/db/installed';
    expect(read(installed, text('C:Q1abc=\nP:onnxruntime\nV:1.17.0-r0\n\nP:musl\nV:1\n'))).toEqual([
      { kind: 'runtime', name: 'onnxruntime', version: '1.17.0-r0', ecosystem: 'apk', path: installed },
    ]);
  });

  it.skipIf(!existsSync('/var/lib/dpkg/status'))("the machine's own package database is read without a limit or a wrong name", () => {
    const reader = createComponentReader();
    const bytes = readFileSync('/var/lib/dpkg/status');
    const known = new Set([...bytes.toString('utf8').matchAll(/^Package: (.+)$/gm)].map(([, name]) => name));
    expect(read('var/lib/dpkg/status', bytes, reader).filter(({ name }) => !known.has(name))).toEqual([]);
    expect(reader.limits()).toEqual([]);
  });
});

describe('runtimes', () => {
  const elf = Buffer.from('\x7fELF\x02\x01\x01', 'latin1');

  it.each([
    ['usr/local/cuda-12.4/lib64/libcudart.so.12.4.127', 'CUDA', '12.4.127'],
    ['usr/lib/x86_64-linux-gnu/libcudnn.so.9.1.0', 'cuDNN', '9.1.0'],
    ['usr/lib/libnvinfer.so.10.0.1', 'TensorRT', '10.0.1'],
    ['usr/bin/ollama', 'Ollama', undefined],
    ['opt/tritonserver/bin/tritonserver', 'Triton Inference Server', undefined],
    ['usr/local/bin/text-generation-launcher', 'Text Generation Inference', undefined],
    ['app/llama-server', 'llama.cpp', undefined],
  ])('%s is a file of %s', (path, name, version) => {
    expect(read(path, elf)).toEqual([{ kind: 'runtime', name, ...(version !== undefined && { version }), ecosystem: 'system', path }]);
  });

  it('version files say which version', () => {
    const path = 'usr/local/cuda-12.4/version.json';
    expect(read(path, text('{"cuda" : {"name" : "CUDA SDK", "version" : "12.4.1"}}'))).toEqual([
      { kind: 'runtime', name: 'CUDA', version: '12.4.1', ecosystem: 'system', path },
    ]);
    const header = 'usr/include/cudnn_version.h';
    expect(read(header, text('#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 1\n#define CUDNN_PATCHLEVEL 0\n'))).toMatchObject([
      { name: 'cuDNN', version: '9.1.0' },
    ]);
  });

  it('a page, a script of another name and a text of the same name are none', () => {
    expect(['usr/share/doc/ollama', 'usr/bin/ollama.txt', 'src/ollama'].flatMap((path) => read(path, elf))).toEqual([]);
    expect(read('usr/bin/ollama', text('hello'))).toEqual([]);
  });
});

describe('model files', () => {
  const safetensors = (header: string): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, Buffer.from(header), Buffer.alloc(64)]);
  };
  const tensor = '"w":{"dtype":"F32","shape":[16],"data_offsets":[0,64]}';

  it('safetensors tell the title that their header declares', () => {
    const bytes = safetensors(`{"__metadata__":{"format":"pt","modelspec.title":"A {small} \\"model\\""},${tensor}}`);
    expect(read('m/model.safetensors', bytes)).toEqual([
      { kind: 'model', name: 'A {small} "model"', format: 'safetensors', path: 'm/model.safetensors' },
    ]);
  });

  it('without a title, a file of a Hugging Face cache is named for its repository, any other for itself', () => {
    const cached = 'root/.cache/huggingface/hub/models--meta-llama--Llama-3/snapshots/abc/model.safetensors';
    expect(read(cached, safetensors(`{${tensor}}`))).toMatchObject([{ name: 'meta-llama/Llama-3' }]);
    expect(read('m/model.safetensors', safetensors(`{${tensor}}`))).toMatchObject([{ name: 'model.safetensors' }]);
  });

  const ggufText = (value: string): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(value)));
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const u32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const u64 = (value: number): Buffer => Buffer.concat([u32(value), u32(0)]);
  const gguf = (entries: number, ...rest: readonly Buffer[]): Buffer =>
    Buffer.concat([Buffer.from('GGUF'), u32(3), u64(0), u64(entries), ...rest]);

  it('GGUF tells its general.name, in a blob without a name too', () => {
    const list = [ggufText('tokens'), u32(9), u32(8), u64(2), ggufText('a'), ggufText('b')];
    const bytes = gguf(3, ggufText('n'), u32(4), u32(7), ...list, ggufText('general.name'), u32(8), ggufText('Tiny'));
    const path = `root/.ollama/models/blobs/sha256-${'ab'.repeat(32)}`;
    expect(read(path, bytes)).toEqual([{ kind: 'model', name: 'Tiny', format: 'gguf', path }]);
  });

  it('GGUF that lies about lengths is still a GGUF file', () => {
    const lies = [gguf(2 ** 31, ggufText('n'), u32(9), u32(8), Buffer.alloc(8, 0xff)), gguf(5, Buffer.alloc(8, 0xff)), gguf(3)];
    expect(lies.flatMap((bytes) => read('m.gguf', bytes))).toEqual(
      lies.map(() => ({ kind: 'model', name: 'm.gguf', format: 'gguf', path: 'm.gguf' })),
    );
  });

  it('a Keras file with a Lambda layer runs code', () => {
    const bytes = Buffer.concat([Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), Buffer.from('{"class_name": "Lambda"}')]);
    expect(read('m.h5', bytes)).toMatchObject([
      { format: 'hdf5', warnings: ['has a Lambda layer: loading the model runs code that it holds'] },
    ]);
  });

  it('numpy arrays of objects hold a pickle, arrays of numbers do not', () => {
    const npy = (descr: string): Buffer => {
      const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,), }\n`;
      return Buffer.concat([
        Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
        Buffer.from([header.length, 0]),
        Buffer.from(header),
        text("cos\nsystem\n(S'true'\ntR."),
      ]);
    };
    for (const values of ["'<f4'", "[('O', '<f4')]"])
      expect(read('a.npy', npy(values))).toEqual([{ kind: 'model', name: 'a.npy', format: 'npy', path: 'a.npy' }]);
    for (const objects of ["'|O'", "'O'", '"|O8"', "'object'", "[('a', '<f4'), ('b', 'O')]", "'\\x4f'"])
      expect(read('a.npy', npy(objects))).toMatchObject([
        { warnings: ['holds Python objects: loading it unpickles them', 'loading it calls os.system'], risk: 'runs code' },
      ]);
  });

  it('models and pickles that call something are known under any name; other pickles are none', () => {
    const calls = Buffer.from("\x80\x04cposix\nsystem\n(S'true'\ntR.", 'latin1');
    for (const bytes of [
      calls,
      text("cposix\nsystem\n(S'true'\ntR."),
      Buffer.concat([Buffer.from([0x80, 4, 0x42, 0, 8, 0, 0]), Buffer.alloc(2048), calls]),
    ])
      expect(readHeaded('etc/readme.txt', bytes)).toMatchObject([
        { kind: 'model', format: 'pickle', warnings: ['loading it calls posix.system'] },
      ]);
    expect(readHeaded('cache/index.dat', Buffer.from([0x80, 4, 0x5d, 0x2e]))).toEqual([]);
    expect(readHeaded('doc.txt', text('class\nfoo\nis a text'))).toEqual([]);
    expect(readHeaded('weights', Buffer.concat([text('GGUF'), u32(3), Buffer.alloc(16)]))).toMatchObject([{ format: 'gguf' }]);
  });

  it('code in a Keras model is seen wherever its description stands, and however it is written', () => {
    const layer = '{"class_name": "Lambda", "config": {}}';
    const far = Buffer.concat([Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), Buffer.alloc(300_000), text(layer), Buffer.alloc(90_000)]);
    expect(read('m.h5', far)).toMatchObject([
      { format: 'hdf5', warnings: ['has a Lambda layer: loading the model runs code that it holds'] },
    ]);
    const described = (json: string) =>
      read('m.h5', Buffer.concat([far.subarray(0, 100), text(json)])).flatMap(({ warnings = [] }) => warnings);
    expect(described('{"module": "os", "class_name": "function", "config": "system"}')).toEqual([
      'its configuration names os.system: loading the model calls it',
    ]);
    expect(described('{"class_name": "\\u004cambda"}')).toEqual(['its configuration hides names behind escapes']);
    expect(described('{"module": "keras.layers", "class_name": "Dense", "config": {"name": "caf\\u00e9"}}')).toEqual([]);
    expect(described('{"module": "builtins", "class_name": "function", "config": "my_loss", "registered_name": "function"}')).toEqual([]);
  });

  it('ONNX, TFLite and others are told apart by their first bytes', () => {
    const onnx = Buffer.concat([Buffer.from([0x08, 8, 0x12, 7]), text('pytorch'), Buffer.from([0x22, 6]), text('ai.abc')]);
    expect(read('m.onnx', onnx)).toMatchObject([{ format: 'onnx', name: 'ai.abc' }]);
    expect(read('m.tflite', Buffer.concat([u32(28), text('TFL3')]))).toMatchObject([{ format: 'tflite' }]);
    expect(read('m.onnx', text('not a model'))).toEqual([]);
    expect(read('firmware.bin', text('\u0000\u0001 anything'))).toEqual([]);
  });

  it.each([
    ['m.cbm', 'CBM1', 'catboost'],
    ['m.ubj', '{L', 'xgboost'],
    ['m.pte', '\0\0\0\0ET12', 'executorch'],
    ['m.rknn', 'RKNN', 'rknn'],
    ['m.engine', 'ptrt', 'tensorrt engine'],
    ['m.pmml', '<?xml version="1.0"?><PMML>', 'pmml'],
    ['store/vectors.index', 'IxF2', 'faiss index'],
  ])('%s is a model by what it begins with', (name, start, format) => {
    expect(read(name, Buffer.concat([text(start), Buffer.alloc(40)]))).toMatchObject([{ kind: 'model', format, path: name }]);
    if (format !== 'pmml') expect(read(name, text('something else'))).toEqual([]);
  });

  it('a model of spaCy is known by its description', () => {
    const path = 'm/meta.json';
    expect(read(path, text('{"lang":"en","name":"core_web_sm","version":"3.7.0","spacy_version":">=3.7"}'))).toEqual([
      { kind: 'model', name: 'en_core_web_sm', version: '3.7.0', format: 'spacy', path },
    ]);
    expect(read(path, text('{"name":"no model"}'))).toEqual([]);
  });

  it('no bytes under any of these names make the reader throw', () => {
    const names = [
      'm.safetensors',
      'm.gguf',
      'm.pkl',
      'm.pt',
      'm.npy',
      'm.onnx',
      'm.h5',
      'm.joblib',
      'METADATA',
      'a.dist-info/METADATA',
      'lib/dpkg/status',
      'var/lib/rpm/Packages',
    ];
    const magic = [
      'GGUF',
      'PK\u0003\u0004',
      '\u0093NUMPY\u0001\u0000',
      '\u0089HDF\r\n\u001a\n',
      '\u0080\u0004',
      '\u0010\u0000\u0000\u0000\u0000\u0000\u0000\u0000{',
      '',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom(...magic), fc.uint8Array({ maxLength: 400 }), (name, start, rest) => {
        expect(read(name, Buffer.concat([Buffer.from(start, 'latin1'), rest])).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });
});

describe.skipIf(spawnSync('python3', ['--version']).status !== 0)('files that Python wrote', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'aispm-components-'));
    execFileSync('python3', ['-c', program], { cwd: folder });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('archives as torch.save makes them are walked for opcodes, stored and deflated', () => {
    const found = readdirSync(folder)
      .sort()
      .flatMap((name) => read(`models/${name}`, readFileSync(join(folder, name))));
    expect(found).toEqual([
      {
        kind: 'model',
        name: 'deflated.pth',
        format: 'pytorch',
        path: 'models/deflated.pth',
        warnings: ['loading it calls posix.system'],
        risk: 'runs code',
      },
      { kind: 'model', name: 'good.pt', format: 'pytorch', path: 'models/good.pt' },
      {
        kind: 'model',
        name: 'legacy.pt',
        format: 'pytorch',
        path: 'models/legacy.pt',
        warnings: ['loading it calls posix.system'],
        risk: 'runs code',
      },
      { kind: 'model', name: 'plain.joblib', format: 'joblib', path: 'models/plain.joblib' },
      {
        kind: 'model',
        name: 'stored.pt',
        format: 'pytorch',
        path: 'models/stored.pt',
        warnings: ['loading it calls posix.system'],
        risk: 'runs code',
      },
    ]);
  });

  it('a pickle that remembers more than a walk may is walked in part, and that is counted', () => {
    const reader = createComponentReader();
    const bytes = execFileSync(
      'python3',
      ['-c', "import pickle, sys; sys.stdout.buffer.write(pickle.dumps(['x' * 100] * 3 + ['y%d' % n for n in range(300000)], 2))"],
      { maxBuffer: 16 << 20 },
    );
    expect(bytes.length).toBeGreaterThan(contentBytes);
    expect(read('m.pkl', bytes, reader)).toEqual([{ kind: 'model', name: 'm.pkl', format: 'pickle', path: 'm.pkl' }]);
    expect(reader.limits()).toHaveLength(1);
  });

  it.skipIf(installed.length === 0)("the metadata of the machine's Python packages say the version that Python reads there", () => {
    for (const { path, version } of installed) {
      const metadata = readFileSync(path, 'utf8').replace(/^Name:.*$/m, 'Name: torch');
      expect(read(path.slice(1), text(metadata)), path).toEqual([
        { kind: 'package', name: 'torch', version, ecosystem: 'pypi', path: path.slice(1) },
      ]);
    }
  });
});

/** Pickles as `torch.save` and joblib lay them out; what they call is never loaded. */
const program = `
import os, pickle, zipfile
class Calls:
    def __reduce__(self): return (os.system, ('true',))
def archive(name, value, method):
    with zipfile.ZipFile(name, 'w', method) as z:
        z.writestr('archive/data.pkl', pickle.dumps(value, 2))
        z.writestr('archive/byteorder', 'little')
        z.writestr('archive/data/0', bytes(4096))
archive('stored.pt', [Calls()], zipfile.ZIP_STORED)
archive('deflated.pth', [Calls()], zipfile.ZIP_DEFLATED)
archive('good.pt', {'w': [1.0, 2.0]}, zipfile.ZIP_STORED)
with open('legacy.pt', 'wb') as f:
    for value in (0x1950a86a20f9469cfc6c, 1001, {'little_endian': True}, [Calls()], []): pickle.dump(value, f, 2)
    f.write(bytes(4096))
with open('plain.joblib', 'wb') as f: pickle.dump({'w': [1.0]}, f, 4)
`;
