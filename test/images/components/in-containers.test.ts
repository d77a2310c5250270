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
      components: [
        { kind: 'model', name: 'm.pt', format: 'pytorch', path: 'm.pt', warnings: ['loading it calls os.system'], risk: 'runs code' },
      ],
      limits: [],
    });
  }
  expect(await found('m.npz', zip([{ name: 'w.npy', content: noise(2_000) }]))).toMatchObject({ components: [{ format: 'npz' }] });
});

test('a model in a packed file is one, and what its pickle calls behind megabytes of data is seen', async () => {
  const data = Buffer.concat([Buffer.from('B\x00\x00\x20\x00', 'latin1'), noise(2 << 20), Buffer.from('0')]);
  const start = Buffer.from('\x80\x03', 'latin1');
  for (const [end, warnings] of [
    ['}.', {}],
    ['cposix\nsystem\nX\x02\0\0\0id\x85R.', { warnings: ['loading it calls posix.system'], risk: 'runs code' }],
  ] as const) {
    const large = Buffer.concat([start, data, data, Buffer.from(end, 'latin1')]);
    expect(await found('models.tar.gz', gzipSync(tarBytes([{ name: 'm.pkl', content: large }])))).toEqual({
      components: [{ kind: 'model', name: 'm.pkl', format: 'pickle', path: 'models.tar.gz!/m.pkl', ...warnings }],
      limits: [],
    });
  }
});

test('what the arrays of an archive of numpy and the description of a Keras model run is told of them', async () => {
  const array = Buffer.concat([
    Buffer.from(`\x93NUMPY\x01\0\x76\0${"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".padEnd(117)}\n`, 'latin1'),
    Buffer.from('\x80\x03cposix\nsystem\nX\x02\0\0\0id\x85R.', 'latin1'),
  ]);
  const warnings = ['holds Python objects: loading it unpickles them', 'loading it calls posix.system'];
  expect(await found('m.npz', zip([{ name: 'w.npy', content: array }]))).toMatchObject({ components: [{ format: 'npz', warnings }] });
  const config = JSON.stringify({ class_name: 'Functional', config: { layers: [{ class_name: 'Lambda' }] } });
  expect(await found('m.keras', zip([{ name: 'config.json', content: config }]))).toMatchObject({
    components: [{ format: 'keras', warnings: ['has a Lambda layer: loading the model runs code that it holds'] }],
  });
});

test('an array of objects of any size is walked to its end, by itself and in an archive', async () => {
  const header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n";
  const data = Buffer.concat([Buffer.from('B\x00\x00\x20\x00', 'latin1'), noise(2 << 20), Buffer.from('0')]);
  const array = (end: string): Buffer =>
    Buffer.concat([
      Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(header.length)}\x00${header}\x80\x03`, 'latin1'),
      data,
      Buffer.from(end, 'latin1'),
    ]);
  const objects = 'holds Python objects: loading it unpickles them';
  for (const [end, warnings] of [
    ['}.', [objects]],
    ["cposix\nsystem\n(S'true'\ntR.", [objects, 'loading it calls posix.system']],
  ] as const) {
    expect(await found('a.npy', array(end))).toMatchObject({ components: [{ format: 'npy', warnings }], limits: [] });
    const archive = zip([{ name: 'w', content: array(end) }]);
    expect(await found('a.npz', archive)).toMatchObject({ components: [{ format: 'npz', warnings }], limits: [] });
  }
});
