import type { JsonObject } from '../../model/json.ts';
import type { GenerateSecret } from '../fill.ts';
import { emptyRepository, putImage, putIndex, type Repository } from './content.ts';
import { buildLayer } from './layer.ts';
import { buildZip } from './wheel.ts';

/** Repositories of the demo's registry, by name: what the model services of the estate run. Keys are made up when the demo starts. */
export async function demoImages(fill: GenerateSecret): Promise<{ readonly [name: string]: Repository }> {
  return {
    'pai-eas/chat-llm': await chatImage(fill),
    'pai-eas/comfyui': await comfyImage(),
    'ml/bge': await bgeImage(),
    'ml/fraud-scoring': await fraudImage(fill),
    'claims/serving': await claimsImage(fill),
  };
}

const baseLayer = () =>
  buildLayer([
    ['etc/os-release', 'ID=debian\nVERSION_ID="12"\n'],
    ['usr/lib/python3/dist-packages/torch-2.4.0.dist-info/METADATA', 'Metadata-Version: 2.1\nName: torch\nVersion: 2.4.0\n'],
  ]);

/** Four keys: in a file that a later layer deletes, in the environment, in a build argument, and in a wheel. */
async function chatImage(fill: GenerateSecret): Promise<Repository> {
  const repository = emptyRepository();
  const wheel = buildZip([
    ['chatlib/__init__.py', ''],
    ['chatlib/settings.py', `HF_TOKEN = "${fill('huggingface.access-token', 1)}"\n`],
    ['chatlib-1.2.0.dist-info/METADATA', 'Metadata-Version: 2.1\nName: chatlib\nVersion: 1.2.0\n'],
  ]);
  const layers = await Promise.all([
    baseLayer(),
    buildLayer([
      ['srv/chat/', ''],
      ['srv/chat/app.py', 'from vllm import LLM\n'],
      ['srv/chat/.env', `# for the first tests\nLOG_LEVEL=info\nANTHROPIC_API_KEY=${fill('anthropic.api-key', 1)}\n`],
    ]),
    buildLayer([['opt/wheels/chatlib-1.2.0-py3-none-any.whl', wheel]]),
    buildLayer([['srv/chat/.wh..env', '']]),
  ]);
  const argument = fill('github.fine-grained-token', 1);
  const history: readonly JsonObject[] = [
    { created_by: '/bin/sh -c #(nop) ADD file:base in / ' },
    { created_by: '/bin/sh -c #(nop)  CMD ["python3"]', empty_layer: true },
    { created_by: 'COPY . /srv/chat # buildkit' },
    { created_by: `|1 GIT_TOKEN=${argument} /bin/sh -c pip download -d /opt/wheels chatlib==1.2.0` },
    { created_by: 'RUN /bin/sh -c rm /srv/chat/.env # buildkit' },
    { created_by: 'ENTRYPOINT ["python3" "/srv/chat/app.py"]', empty_layer: true },
  ];
  const settings = {
    Env: ['PATH=/usr/local/bin:/usr/bin:/bin', `OPENAI_API_KEY=${fill('openai.project-key', 1)}`],
    Entrypoint: ['python3', '/srv/chat/app.py'],
    Labels: { 'org.opencontainers.image.title': 'chat-llm' },
  };
  const images = (['amd64', 'arm64'] as const).map((architecture) => ({
    ...putImage(repository, {
      config: {
        architecture,
        os: 'linux',
        created: '2026-05-10T08:00:00Z',
        config: settings,
        rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
        history,
      },
      layers,
    }),
    platform: { os: 'linux', architecture },
  }));
  putIndex(repository, images, 'latest');
  return repository;
}

/** What a model of SageMaker runs: a key in a notebook that was copied in with the code. */
async function fraudImage(fill: GenerateSecret): Promise<Repository> {
  const cell = { cell_type: 'code', metadata: {}, outputs: [], execution_count: 1 };
  const source = ['import wandb\n', `wandb.login(key="${fill('wandb.api-key', 1)}")\n`];
  const notebook = JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [{ ...cell, source }] }, undefined, 1);
  return imageOf([await baseLayer(), await buildLayer([['opt/ml/code/explore.ipynb', `${notebook}\n`]])], '3');
}

/** What an environment of Azure Machine Learning is: a key in a settings file that is still there. */
async function claimsImage(fill: GenerateSecret): Promise<Repository> {
  const settings = `model: claims\nopenai:\n  api_key: ${fill('openai.project-key', 2)}\n`;
  return imageOf([await baseLayer(), await buildLayer([['app/settings.yaml', settings]])], '4');
}

async function comfyImage(): Promise<Repository> {
  const layers = [await baseLayer(), await buildLayer([['opt/comfyui/main.py', 'print("ready")\n']])];
  return imageOf(layers, '2.3');
}

async function bgeImage(): Promise<Repository> {
  const layers = [await baseLayer(), await buildLayer([['models/bge/config.json', '{"model_type": "bert"}\n']])];
  return imageOf(layers, '1.5');
}

function imageOf(layers: readonly Awaited<ReturnType<typeof buildLayer>>[], tag: string): Repository {
  const repository = emptyRepository();
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/usr/bin:/bin'] },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(() => ({ created_by: 'COPY . / # buildkit' })),
  };
  putImage(repository, { config, layers, tag });
  return repository;
}
