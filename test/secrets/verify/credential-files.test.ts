import { describe, expect, it } from 'vitest';
import { prepareByteSinks } from '../../../src/secrets/byte-sink.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { createFinder } from '../../../src/secrets/find.ts';
import { pickMany, seededRandom } from '../../../src/secrets/detectors/random.ts';
import { createRedactor } from '../../../src/secrets/redact.ts';

const set = await loadDetectorSet();
const finder = createFinder(set);
const key = (id: string): string => exampleOf(set.detectors, id, 1);

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Made up, the same in every run, and never without a digit. */
const value = (length: number, seed = 'a'): string => `${pickMany(lettersAndDigits, length - 1, seededRandom(`${seed} ${length}`))}7`;
const hex = (length: number): string => pickMany('0123456789abcdef', length, seededRandom(`hex ${length}`));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const login = base64(`deploy:${value(14)}`);
const signature = `${pickMany(`${lettersAndDigits}+/`, 42, seededRandom('signature'))}w=`;
const refresh = `0.A${value(90)}.Ag${value(500)}`;

/** Rules and the very texts that they were found by. */
const foundIn = (text: string): readonly (readonly [string, string])[] => {
  const bytes = Buffer.from(text, 'latin1');
  return finder.find(bytes).map(({ rule, start, end }) => [rule, bytes.toString('latin1', start, end)] as const);
};

describe('what opens something is found where tools keep it:', () => {
  it.each([
    ['.npmrc', 'generic.npm-login', login, `//npm.acme.dev/:_auth=${login}\nalways-auth=true\n`],
    ['.npmrc, quoted', 'generic.npm-login', login, `_auth = "${login}"\n`],
    ['.yarnrc.yml', 'generic.npm-login', login, `npmAuthIdent: "${login}"\n`],
    [
      "Docker's config.json",
      'generic.registry-login',
      login,
      `{\n\t"auths": {\n\t\t"registry.acme.dev": {\n\t\t\t"auth": "${login}"\n\t\t}\n\t}\n}`,
    ],
    ['the same in a string', 'generic.registry-login', login, `"{\\"auths\\":{\\"registry.acme.dev\\":{\\"auth\\":\\"${login}\\"}}}"`],
    [
      "a registry's token",
      'generic.registry-token',
      value(60),
      `{"auths":{"registry.acme.dev":{"auth":"MDA6","identitytoken":"${value(60)}"}}}`,
    ],
    ['.pgpass', 'generic.pgpass', value(12), `db.acme.dev:5432:app:ada:${value(12)}\n`],
    ['.pgpass for any database', 'generic.pgpass', value(12), `localhost:5432:*:postgres:${value(12)}\n`],
    ['.netrc', 'generic.netrc', value(20), `machine git.acme.dev\n  login ada\n  password ${value(20)}\n`],
    ['.netrc, quoted', 'generic.netrc', value(20), `machine git.acme.dev login ada password "${value(20)}"\n`],
    ['.git-credentials', 'generic.url-password', value(20), `https://ada:${value(20)}@git.acme.dev\n`],
    ['pip.conf', 'generic.url-login', value(30), `extra-index-url = https://${value(30)}@pypi.acme.dev/simple\n`],
    ['pip.conf, no password', 'generic.url-login', value(30), `extra-index-url = https://${value(30)}:@pypi.acme.dev/simple\n`],
    [
      '.condarc',
      'anaconda.channel-token',
      key('anaconda.channel-token'),
      `  - https://conda.anaconda.org/t/${key('anaconda.channel-token')}/acme\n`,
    ],
    ['kaggle.json', 'kaggle.login-file', hex(32), `{"username":"ada","key":"${hex(32)}"}`],
    ['settings.xml', 'generic.element', value(16), `<server><id>a</id><username>b</username><password>${value(16)}</password></server>`],
    ['a cache of the Azure tools', 'azure.refresh-token', refresh, `"credential_type": "RefreshToken",\n  "secret": "${refresh}"`],
    ['an mcp.json', 'generic.option', value(40), `{"command":"npx","args":["-y","server","--api-key","${value(40)}"]}`],
    ['a connection string', 'generic.assignment', value(16), `Server=db;User Id=sa;Password=${value(16)};Encrypt=yes\n`],
    ['a list of variables', 'generic.pair', value(32), `- name: ACME_API_KEY\n  value: ${value(32)}\n`],
    ['a list of variables in JSON', 'generic.pair', value(32), `[{"name":"ACME_API_KEY","value":"${value(32)}"}]`],
    ['the same, the value first', 'generic.pair-reversed', value(32), `- value: ${value(32)}\n  name: ACME_API_KEY\n`],
    ['the same in JSON', 'generic.pair-reversed', value(32), `[{"value":"${value(32)}","name":"ACME_API_KEY"}]`],
  ])('%s', (_, rule, secret, text) => {
    expect(foundIn(text)).toEqual([[rule, secret]]);
  });
});

it('a login that holds a token is told by the token', () => {
  const sink = prepareByteSinks({ set, redactor: createRedactor(), engine: 'wasm' })();
  const text = `{"auths":{"docker.io":{"auth":"${base64(`deploy:${key('docker.access-token')}`)}"}}}`;
  sink.room().set(Buffer.from(text));
  sink.commit(text.length);
  expect(sink.end().map(({ detector, packed }) => [detector, packed])).toEqual([['docker.access-token', 'base64']]);
});

it('a password of words and a year is one', () => {
  expect(foundIn('DB_PASSWORD=SummerRain2024\n')).toEqual([['generic.assignment', 'SummerRain2024']]);
});

describe('what people typed is found in the history of a shell:', () => {
  it.each([
    ['generic.assignment', value(32), `: 1700000000:0;export ACME_API_KEY=${value(32)}; ls\n`],
    ['generic.basic-header', login, `curl -H "Authorization: Basic ${login}" https://api.acme.dev\n`],
    ['generic.command-login', value(20), `curl -u ada:${value(20)} https://api.acme.dev\n`],
    ['generic.command-login', value(20), `curl -s https://api.acme.dev \\\n  --user 'ada:${value(20)}'\n`],
    ['generic.option', value(32), `vllm serve model --api-key ${value(32)}\n`],
    ['generic.option', value(32), `prog login --token "${value(32)}"\n`],
    ['generic.command-password', value(20), `docker login -u ada -p ${value(20)} registry.acme.dev\n`],
    ['generic.command-password', value(16), `mysql -u root -p${value(16)} app\n`],
    ['generic.command-password', value(16), `sshpass -p '${value(16)}' ssh host\n`],
    ['generic.command-password', value(24), `redis-cli -h cache -a ${value(24)} ping\n`],
  ])('%s in %4$j', (rule, secret, text) => {
    expect(foundIn(text)).toEqual([[rule, secret]]);
  });
});

describe('what is encoded for a URL or a page is found behind its name:', () => {
  it.each([
    `?state=api_key%3D${value(32)}%26x`,
    `?body=%7B%22api_key%22%3A%22${value(32)}%22%7D`,
    `?body=%7B%22api_key%22%3A+%22${value(32)}%22%7D`,
    `?body=%257B%2522api_key%2522%253A%2522${value(32)}%2522`,
    `{\\u0022api_key\\u0022:\\u0022${value(32)}\\u0022}`,
    `{&quot;api_key&quot;: &quot;${value(32)}&quot;}`,
    `{&#34;api_key&#34;:&#34;${value(32)}&#34;}`,
  ])('%j', (text) => {
    expect(foundIn(text)).toEqual([['generic.escaped-assignment', value(32)]]);
  });

  it.each([signature, encodeURIComponent(signature)])('a shared access signature, its signs as %j', (sig) => {
    for (const text of [
      `?sv=2024-11-04&se=2031-01-01&sr=c&sig=${sig}`,
      `?sig=${sig}&se=2031-01-01`,
      `SharedAccessSignature sr=acme&sig=${sig}&se=1`,
    ]) {
      expect(foundIn(text)).toEqual([['azure.shared-access-signature', sig]]);
    }
    expect(foundIn(`sig=${sig}`)).toEqual([]);
  });
});

describe('what only looks like it is left alone:', () => {
  it.each([
    'Authorization: Basic dXNlcjpwYXNzd29yZA==',
    'Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    `_auth=${base64('no colon here at all 123')}`,
    `"auth": "${base64('ada:ada-ada')}${'A'.repeat(3)}"`,
    `"auth": "${base64('admin:$DOCKER_PASSWORD')}"`,
    'machine learning login page password protected',
    'default login anonymous password ada@acme.dev',
    'localhost:5432:app:postgres:password',
    'curl -u user:$PASSWORD https://api.acme.dev',
    'docker login -u ada -p $TOKEN',
    'prog --token <your-token-1234>',
    '--api-key ${OPENAI_API_KEY}',
    '<password>${env.PASSWORD_1}</password>',
    '- name: ACME_API_KEY\n  value: ${ACME_KEY_1}\n',
    `https://${hex(32)}@o1.ingest.sentry.io/123`,
    'https://my-long-organization-name-2@dev.azure.com/acme',
    '{"username":"ada","key":"your-key"}',
    'apiKey: SensitiveString2048;',
  ])('%j', (text) => {
    expect(foundIn(text)).toEqual([]);
  });
});
