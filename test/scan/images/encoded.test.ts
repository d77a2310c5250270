import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { defaultBudgets, type NestedBudgets } from '../../../src/images/budgets.ts';
import { layerPassesHere } from '../../../src/scan/layers/layer-passes.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { zip } from '../../support/pass-lab.ts';
import { tarBytes } from '../../support/tar-bytes.ts';

const set = await loadDetectorSet();
const key = exampleOf(set.detectors, 'anthropic.api-key', 1);
const settings = `region: eu\nclaude: ${key}\n`;
const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes as string).toString('base64');
const packed = base64(gzipSync(settings));

describe('a key is found in what base64 holds,', () => {
  it.each([
    ['gzip', packed, 'gzip in base64'],
    ['gzip, twice in base64, as Helm keeps releases', base64(packed), 'gzip in base64, twice'],
    ['zlib', base64(deflateSync(settings)), 'zlib in base64'],
    ['gzip with the name of a file', base64(withName(gzipSync(settings))), 'gzip in base64'],
  ])('%s: with where the run stands, and where in it', async (_, run, how) => {
    const text = `kind: ConfigMap\nbinaryData:\n  settings: "${run}"\n`;
    expect(await placesIn(tarBytes([{ name: 'etc/map.yaml', content: text }]))).toEqual([
      `etc/map.yaml!/${how} at line 3, byte ${text.indexOf(run)}: line 2, column 9`,
    ]);
  });

  it.each([
    ['lines of 76 characters', (run: string) => run.replace(/.{76}/g, '$&\n')],
    ['an indented block of YAML', (run: string) => `|\n      ${run.replace(/.{64}/g, '$&\n      ')}`],
    ['lines that end as in Windows', (run: string) => run.replace(/.{76}/g, '$&\r\n')],
    ['lines in a string of JSON', (run: string) => `"${run.replace(/.{76}/g, '$&\\n')}\\n"`],
  ])('in %s', async (_, wrap) => {
    const long = base64(gzipSync(`${randomBytes(300).toString('hex')}\n${settings}`));
    for (const run of [long, base64(long)]) {
      const [place] = await placesIn(tarBytes([{ name: 'a.yaml', content: `data: ${wrap(run)}\nnext: AAAA\n` }]));
      expect(place).toMatch(/^a\.yaml!\/gzip in base64(?:, twice)? at line [12], byte \d+: line 3, column 9$/);
    }
  });

  it.each([
    ['in one line', (logins: object) => JSON.stringify(logins)],
    ['as docker writes it', (logins: object) => JSON.stringify(logins, null, '\t')],
    ['by two blanks', (logins: object) => JSON.stringify(logins, null, 2)],
    ['by four blanks', (logins: object) => JSON.stringify(logins, null, 4)],
  ])('a login of a registry, %s, its user and token in base64 again', async (_, write) => {
    const token = exampleOf(set.detectors, 'github.token', 1);
    const logins = { auths: { 'ghcr.example': { auth: base64(`deploy:${token}`) } } };
    const text = `kind: Secret\ndata:\n  .dockerconfigjson: ${base64(write(logins))}\n`;
    const { matches } = await pass(tarBytes([{ name: 'pull.yaml', content: text }]));
    expect(matches.map(({ detector, path, packed: how }) => [detector, path, how])).toEqual([
      [
        'github.token',
        `pull.yaml!/base64 at line 3, byte ${text.indexOf('eyJ') < 0 ? text.indexOf('ewo') : text.indexOf('eyJ')}`,
        'base64',
      ],
    ]);
  });

  it.each([
    ['\\x', (code: number) => `\\x${code.toString(16)}`],
    ['\\u', (code: number) => `\\u00${code.toString(16)}`],
    ['numbers of a page', (code: number) => `&#${code};`],
  ])('a key of which every character is escaped: %s', async (_, write) => {
    const token = exampleOf(set.detectors, 'huggingface.access-token', 1);
    const text = `first\nt = "${token.replace(/./g, (character) => write(character.charCodeAt(0)))}"\n`;
    // What it is assigned to is read before it.
    expect(await placesIn(tarBytes([{ name: 'app/x.js', content: text }]))).toEqual([
      'app/x.js!/escapes at line 2, byte 11: line 1, column 6',
    ]);
  });

  it('an archive in it, and it in archives', async () => {
    const inner = base64(gzipSync(tarBytes([{ name: 'app/.env', content: settings }])));
    expect(await placesIn(tarBytes([{ name: 'user-data', content: `#cloud-config\n${inner}\n` }]))).toEqual([
      'user-data!/gzip in base64 at line 2, byte 14!/app/.env: line 2, column 9',
    ]);
    const file = { name: 'a.yaml', content: `x: ${packed}\n` };
    const within = 'a.yaml!/gzip in base64 at line 1, byte 3: line 2, column 9';
    expect(await placesIn(tarBytes([{ name: 'in.tgz', content: gzipSync(tarBytes([file])) }]))).toEqual([`in.tgz!/${within}`]);
    expect(await placesIn(tarBytes([{ name: 'in.zip', content: zip([file]) }]))).toEqual([`in.zip!/${within}`]);
  });

  it.each([
    ['packed', false],
    ['stored', true],
  ])('a zip, its files %s', async (_, isStored) => {
    const inner = base64(zip([{ name: 'handler.py', content: settings, isStored }]));
    expect(await placesIn(tarBytes([{ name: 'main.tf.json', content: `{"zip":"${inner}"}` }]))).toContain(
      'main.tf.json!/zip in base64 at line 1, byte 8!/handler.py: line 2, column 9',
    );
  });

  for (const program of ['zstd', 'xz', 'bzip2']) {
    it.skipIf(!existsSync(`/usr/bin/${program}`))(program, async () => {
      const inner = base64(execFileSync(program, ['-c'], { input: settings }));
      expect(await placesIn(tarBytes([{ name: 'a.json', content: `{"data":"${inner}"}` }]))).toContain(
        `a.json!/${program} in base64 at line 1, byte 9: line 2, column 9`,
      );
    });
  }

  it('however long it is, and however it comes', async () => {
    const long = base64(gzipSync(Buffer.concat([Buffer.from(base64(randomBytes(900_000))), Buffer.from(`\n${settings}`)]), { level: 1 }));
    const text = `data: ${base64(long)}\nother: ${long.replace(/.{76}/g, '$&\n  ')}\n`;
    const expected = [
      `big.yaml!/gzip in base64, twice at line 1, byte 6: line 3, column 9`,
      `big.yaml!/gzip in base64 at line 2, byte ${text.indexOf('other: ') + 7}: line 3, column 9`,
    ];
    const layer = tarBytes([{ name: 'big.yaml', content: text }]);
    for (const size of [7_001, 300_000, layer.length]) expect(await placesIn(layer, { size })).toEqual(expected);
  });

  it('up to the end of its file, not into the name of the next', async () => {
    const content = `${'#'.repeat(1023 - packed.length)}\n${packed}`;
    const layer = tarBytes([
      { name: 'a.txt', content },
      { name: 'Abcd/next', content: packed },
    ]);
    const { matches, limits } = await pass(layer);
    expect([content.length % 512, matches.length, limits]).toEqual([0, 2, []]);
  });
});

describe('what is not read of base64 is said:', () => {
  const layer = tarBytes([
    { name: 'a.yaml', content: `x: ${base64(gzipSync(Buffer.concat([Buffer.alloc(9 << 20), Buffer.from(settings)])))}\n` },
  ]);

  it('more bytes than the budget', async () => {
    const { gaps, matches } = await pass(layer, { budgets: { bytes: 1 << 20 } });
    expect(matches).toEqual([]);
    expect(gaps).toMatchObject([{ reason: 'too-large', detail: `read in part: it unpacks to more than ${1 << 19} bytes` }]);
  });

  it('a bomb', async () => {
    const bomb = tarBytes([{ name: 'a.yaml', content: `x: ${base64(gzipSync(Buffer.alloc(80 << 20)))}\n` }]);
    const { gaps } = await pass(bomb);
    expect(gaps).toMatchObject([{ reason: 'too-large', detail: 'read in part: it unpacks to more than 200 times its size' }]);
  });

  it('deeper than the budget', async () => {
    let text = settings;
    for (let depth = 0; depth < 4; depth++) text = `x: ${base64(gzipSync(text))}\n`;
    const { gaps, matches } = await pass(tarBytes([{ name: 'a.yaml', content: text }]));
    expect(matches).toEqual([]);
    expect(gaps).toMatchObject([{ reason: 'too-large', detail: 'not opened: it lies deeper than 3 containers' }]);
  });

  it('a stream that is cut, read as far as it goes', async () => {
    const text = Buffer.concat([Buffer.from(settings.repeat(40)), randomBytes(4000)]);
    const cut = base64(gzipSync(text)).slice(0, -1200);
    const { limits, matches } = await pass(tarBytes([{ name: 'a.yaml', content: `x: ${cut}\n` }]));
    expect(matches.length).toBeGreaterThan(0);
    expect(limits).toEqual([{ subject: 'damaged archive inside a layer', count: 1 }]);
  });

  it('but not what is like the beginning of an archive by chance', async () => {
    const chance = Array.from({ length: 50 }, () => `x: H4sI${base64(randomBytes(300)).replaceAll('=', '')}\n`).join('');
    expect(await pass(tarBytes([{ name: 'a.txt', content: chance }]))).toMatchObject({ limits: [], gaps: [], matches: [] });
  });
});

describe('hostile base64 takes time in proportion:', () => {
  it.each([
    ['one run without end that begins anew all the time', packed.slice(0, 40).replaceAll('=', 'A').repeat(20_000)],
    ['many that hold nothing', `x: ${packed.slice(0, 40)}\n`.repeat(5_000)],
    ['many that are encoded twice', `x: ${base64(packed).slice(0, 60)}\n`.repeat(5_000)],
    ['many of zlib', `x: ${base64(deflateSync(settings)).slice(0, 40)}\n`.repeat(5_000)],
    ['many logins', `x: ${base64('{"auths":{"registry.example":{}}}')}\n`.repeat(5_000)],
    ['nothing but line breaks behind a beginning', `${packed.slice(0, 40)}${'\n   '.repeat(500_000)}`],
  ])('%s', async (_, content) => {
    const begun = process.cpuUsage();
    const { matches } = await pass(tarBytes([{ name: 'a', content }]));
    expect(matches).toEqual([]);
    expect(process.cpuUsage(begun).user / 1000).toBeLessThan(10_000);
  });

  it('more of them than files may be opened are a gap', async () => {
    const content = `x: ${packed}\n`.repeat(50);
    const { matches, gaps } = await pass(tarBytes([{ name: 'a', content }]), { budgets: { entries: 20 } });
    expect(matches.length).toBe(20);
    expect(gaps).toMatchObject([{ reason: 'too-large', detail: "read in part: the layer's containers hold more than 20 files" }]);
  });
});

/** The header's flag, and the name that it announces. */
function withName(bytes: Buffer): Buffer {
  const head = Buffer.from(bytes.subarray(0, 10));
  head[3] = 8;
  return Buffer.concat([head, Buffer.from('settings.yaml\0'), bytes.subarray(10)]);
}

interface PassOptions {
  readonly size?: number;
  readonly budgets?: Partial<NestedBudgets>;
}

async function pass(layer: Buffer, { size = 50_000, budgets = {} }: PassOptions = {}) {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < layer.length; at += size) yield layer.subarray(at, at + size);
  }
  const passes = layerPassesHere({ set, budgets: { ...defaultBudgets, nested: { ...defaultBudgets.nested, ...budgets } } });
  const blob = { digest: 'sha256:0', size: layer.length, mediaType: '' };
  return passes.passLayer(blob, bytes(), new AbortController().signal);
}

async function placesIn(layer: Buffer, options?: PassOptions): Promise<readonly string[]> {
  const { matches } = await pass(layer, options);
  return matches.map(({ path, line, column }) => `${path}: line ${line}, column ${column}`);
}
