import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createComponentReader } from '../../../src/images/components/reader.ts';
import { noise, pass, zip } from '../../support/pass-lab.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

const found = async (name: string, content: Uint8Array) => {
  const report = await pass(tarBytes([{ name, content }]), { components: createComponentReader() });
  return { components: report.components, limits: report.limits };
};

const metadata = 'Metadata-Version: 2.1\nName: torch\nVersion: 2.4.0\n';
const calls = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const harmless = Buffer.from('\x80\x02]q\x00(K\x01K\x02e.', 'latin1');

test('packages in wheels and in archives of a layer are components, with the chain of containers in the path', async () => {
  expect((await found('opt/torch.whl', zip([{ name: 'torch-2.4.0.dist-info/METADATA', content: metadata }]))).components).toEqual([
    { kind: 'package', name: 'torch', version: '2.4.0', ecosystem: 'pypi', path: 'opt/torch.whl!/torch-2.4.0.dist-info/METADATA' },
  ]);
  const packed = gzipSync(tarBytes([{ name: 'app/node_modules/openai/package.json', content: '{"version":"4.0.0"}' }]));
  expect((await found('app.tgz', packed)).components).toMatchObject([
    { name: 'openai', version: '4.0.0', path: 'app.tgz!/app/node_modules/openai/package.json' },
  ]);
});

test('every pickle of a model archive is walked, wherever it stands and however it is packed', async () => {
  const weights = { name: 'archive/data/0', content: noise(300_000), isStored: true };
  for (const isStored of [true, false]) {
    const late = zip([
      { name: 'archive/version', content: '3' },
      weights,
      { name: 'archive/data.pkl', content: harmless, isStored },
      { name: 'archive/more.pkl', content: calls, isStored },
    ]);
    expect(await found('m.pt', late)).toEqual({
      components: [{ kind: 'model', name: 'm.pt', format: 'pytorch', path: 'm.pt', warnings: ['loading it calls os.system'] }],
      limits: [],
    });
  }
  expect(await found('m.npz', zip([{ name: 'w.npy', content: noise(2_000) }]))).toMatchObject({ components: [{ format: 'npz' }] });
});

test('a model in a packed file is one, and what of its pickle was not walked is counted', async () => {
  const large = Buffer.concat([harmless.subarray(0, -1), Buffer.from('B\x00\x00\x20\x00', 'latin1'), noise(2 << 20), Buffer.from('.')]);
  expect(await found('models.tar.gz', gzipSync(tarBytes([{ name: 'm.pkl', content: large }])))).toEqual({
    components: [{ kind: 'model', name: 'm.pkl', format: 'pickle', path: 'models.tar.gz!/m.pkl' }],
    limits: [
      { subject: 'pickles whose opcodes were read in part or not at all: they are large, compressed, or mixed with arrays', count: 1 },
    ],
  });
});
