import { onTestFinished, expect, test } from 'vitest';
import { repositoryWith, startLab } from '../../support/image-lab.ts';

const weights = (() => {
  const header = Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(4)]).toString('latin1');
})();

async function componentsOf(...layers: readonly { readonly [path: string]: string }[]) {
  const files = layers.map((layer) => Object.entries(layer));
  const lab = await startLab({ app: await repositoryWith({ layers: files }) });
  onTestFinished(() => lab.close());
  const { inventory } = await lab.inspect(['app']);
  const components = inventory.assets[0]?.facts['$components'] as readonly { readonly layers: readonly string[] }[];
  return components.map(({ layers: own, ...component }) => ({ ...component, layers: own.length }));
}

test('weights that declare no name have that of the description beside them, also where another layer brought it', async () => {
  expect(
    await componentsOf(
      {
        'm/qwen/model.safetensors': weights,
        'm/lora/adapter_model.safetensors': weights,
        'm/lora/adapter_config.json': '{"base_model_name_or_path":"acme/base-7b"}',
        'm/pipe/model_index.json': '{"_class_name":"AcmePipeline"}',
        'm/pipe/vae/diffusion_pytorch_model.safetensors': weights,
        'm/own/model.safetensors': weights,
        'm/own/config.json': '{"_name_or_path":"/home/me/out","other":1}',
      },
      { 'm/qwen/config.json': '{"_name_or_path":"acme/chat-7b","architectures":["X"]}', 'app/config.json': '{"name":"no model"}' },
    ),
  ).toEqual(
    [
      ['AcmePipeline', 'm/pipe/vae/diffusion_pytorch_model.safetensors'],
      ['acme/chat-7b', 'm/qwen/model.safetensors'],
      ['adapter of acme/base-7b', 'm/lora/adapter_model.safetensors'],
      ['model.safetensors', 'm/own/model.safetensors'],
    ].map(([name, path]) => ({ kind: 'model', name, format: 'safetensors', path, layers: 1 })),
  );
});

test('the files of one model are one component; one of them that is a risk stands by itself', async () => {
  const calls = "cos\nsystem\n(S'true'\ntR.";
  expect(
    await componentsOf(
      {
        'm/model-00001-of-00003.safetensors': weights,
        'm/model-00002-of-00003.safetensors': weights,
        'p/pytorch_model-00001-of-00002.bin': calls,
      },
      { 'm/model-00003-of-00003.safetensors': weights },
    ),
  ).toEqual([
    {
      kind: 'model',
      name: 'model-00001-of-00003.safetensors',
      format: 'safetensors',
      path: 'm/model-00001-of-00003.safetensors',
      files: 3,
      layers: 2,
    },
    {
      kind: 'model',
      name: 'pytorch_model-00001-of-00002.bin',
      format: 'pickle',
      path: 'p/pytorch_model-00001-of-00002.bin',
      warnings: ['loading it calls os.system'],
      risk: 'runs code',
      visible: 'final',
      layers: 1,
    },
  ]);
});
