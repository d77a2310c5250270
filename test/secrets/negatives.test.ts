import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { createFinder } from '../../src/secrets/find.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** What images are full of. Each is gathered where the machine has it, up to a bound, so that the test takes seconds. */
const corpora: readonly Corpus[] = [
  { name: 'the packages that this project installs', folder: join(project, 'node_modules'), bytes: 90 << 20, atLeast: 20 << 20 },
  { name: "Python's standard library", folder: '/usr/lib', within: /^\/usr\/lib\/python3\.\d+\//, bytes: 30 << 20 },
  { name: "the system's Python packages", folder: '/usr/lib/python3', bytes: 30 << 20 },
  { name: 'Python packages from the index', folder: '/usr/local/lib', within: /^\/usr\/local\/lib\/python3/, bytes: 30 << 20 },
  { name: 'documentation of system packages', folder: '/usr/share/doc', bytes: 40 << 20 },
  { name: 'public certificates', folder: '/usr/share/ca-certificates', bytes: 4 << 20 },
  { name: 'the bundle of public certificates', folder: '/etc/ssl/certs', bytes: 4 << 20 },
  { name: 'checksums of system packages', folder: '/var/lib/dpkg/info', within: /(?:\.md5sums|\.list|\.shlibs)$|info$/, bytes: 10 << 20 },
];

interface Corpus {
  readonly name: string;
  readonly folder: string;
  /** Only paths that match; folders are entered all the same. */
  readonly within?: RegExp;
  /** No more than this is read. */
  readonly bytes: number;
  /** Less than this means that the corpus was not gathered. */
  readonly atLeast?: number;
}

const largestFile = 4 << 20;

describe('nothing is called a key, not even a possible one,', async () => {
  const finder = createFinder(await loadDetectorSet());

  it('in the lock file of this project, line by line and as it is', () => {
    expect(alarmsIn(finder, [join(project, 'package-lock.json')])).toEqual([]);
  });

  for (const corpus of corpora) {
    it.skipIf(!existsSync(corpus.folder))(`on ${corpus.name}`, () => {
      const { paths, bytes } = gather(corpus);
      expect(alarmsIn(finder, paths)).toEqual([]);
      expect(bytes).toBeGreaterThanOrEqual(corpus.atLeast ?? 0);
    });
  }

  it.each(['best_token = candidate_0', 'downsample=1/last_pass=num_passes-1 and', '%token = gpu.create_2to4_spmat async'])(
    'on what programs compute: %s',
    (line) => {
      expect(finder.find(Buffer.from(`    ${line}\n`)).map(({ rule }) => rule)).toEqual([]);
    },
  );

  it('on what people write where a key belongs', () => {
    const texts = placeholders.flatMap((value) => variables.map((name) => `${name}${value}\n`));
    const alarms = texts.flatMap((text) =>
      finder.find(Buffer.from(text)).map(({ rule, confidence }) => `${rule} ${confidence} ${text.trim()}`),
    );
    expect(alarms.filter((alarm) => !alarm.includes(' possible '))).toEqual([]);
  });
});

const variables = [
  'OPENAI_API_KEY=', 'DASHSCOPE_API_KEY: ', '"NOVITA_API_KEY": ', 'ENV DEEPINFRA_API_KEY=', 'export QIANFAN_SK=', "os.environ['LAMBDA_API_KEY'] = ",
  'litellm_master_key: ', 'WATSONX_API_KEY=', 'Helicone-Auth: Bearer ', 'HUNYUAN_API_KEY=', 'TENCENTCLOUD_SECRET_KEY=',
  'NOVITA_API_KEY: str = "', 'export NEBIUS_API_KEY=${NEBIUS_API_KEY:-', 'Authorization: Bearer ', "process.env.NOVITA_API_KEY || '", '.apiKey("', 'SERPER_API_KEY_2=',
]; // biome-ignore format: a list of names

const placeholders = [
  'your-api-key', 'YOUR_API_KEY_HERE', '<your key>', '${OPENAI_API_KEY}', '$OPENAI_API_KEY', '{{ .Values.apiKey }}', '%(api_key)s', 'sk-...', 'sk-xxx',
  `sk-${'x'.repeat(48)}`, `sk-${'0'.repeat(32)}`, `sk-${'1234567890'.repeat(5)}`, `sk-${'abcdef'.repeat(8)}`, 'sk-your-key-goes-right-here-please-replace',
  'os.environ.get("API_KEY")', 'process.env.OPENAI_API_KEY', 'process.env["OPENAI_API_KEY"]', 'getSecretFromTheVaultByItsName2(name)', 'config.providers.openai.apiKey',
  '/run/secrets/openai_api_key_version_2', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:openai-AbCdEf', 'https://platform.example.com/api-keys/v2/create',
  '00000000-0000-0000-0000-000000000000', '12345678-1234-1234-1234-123456789012', 'REPLACE_ME_WITH_YOUR_REAL_KEY_123', 'changeme1234567890changeme', 'test', 'none', '""',
]; // biome-ignore format: a list of values

function alarmsIn(finder: ReturnType<typeof createFinder>, paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) =>
    finder.find(readFileSync(path)).map(({ rule, confidence, start }) => `${rule} ${confidence} ${path}:${start}`),
  );
}

/** Files in order of their names, evenly from every folder of the first level, up to the corpus' bound. */
function gather({ folder, within, bytes: bound }: Corpus): { readonly paths: readonly string[]; readonly bytes: number } {
  const turns = [...filesByFolder(folder, within)];
  const paths: string[] = [];
  let bytes = 0;
  while (turns.length > 0 && bytes < bound) {
    for (const [at, files] of [...turns.entries()].toReversed()) {
      const next = files.next();
      if (next.done === true) turns.splice(at, 1);
      else if (bytes + next.value.size <= bound) {
        paths.push(next.value.path);
        bytes += next.value.size;
      } else return { paths, bytes };
    }
  }
  return { paths, bytes };
}

interface Found {
  readonly path: string;
  readonly size: number;
}

function filesByFolder(folder: string, within: RegExp | undefined): readonly Iterator<Found, undefined>[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const own = entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => walk(join(folder, name), within));
  return [sized(own, within), ...below];
}

function* walk(folder: string, within: RegExp | undefined): Generator<Found, undefined> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path, within);
    else if (entry.isFile()) yield* sized([path], within);
  }
  return undefined;
}

function* sized(paths: readonly string[], within: RegExp | undefined): Generator<Found, undefined> {
  for (const path of paths) {
    if (within !== undefined && !within.test(path)) continue;
    const { size } = statSync(path);
    if (size > 0 && size <= largestFile) yield { path, size };
  }
  return undefined;
}
