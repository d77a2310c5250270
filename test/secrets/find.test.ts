import { expect, it } from 'vitest';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../src/secrets/detectors/example.ts';
import { createFinder } from '../../src/secrets/find.ts';
import { pickMany, seededRandom } from '../../src/secrets/detectors/random.ts';

const set = await loadDetectorSet();
const { detectors } = set;
const finder = createFinder(set);
const rulesIn = (text: string): readonly string[] => finder.find(Buffer.from(text, 'latin1')).map(({ rule }) => rule);

it('the end of a longer run is no key, wherever the window of a context word begins or ends', () => {
  const digest = pickMany('0123456789abcdef', 64, seededRandom('digest'));
  for (let distance = 0; distance < 400; distance++) {
    const filler = ' '.repeat(distance);
    expect(rulesIn(`${digest} deepgram ${filler} deepgram`)).toEqual([]);
    expect(rulesIn(`deepgram ${filler} deepgram ${digest}`)).toEqual([]);
  }
});

it('the end of a longer run is no half of a pair', () => {
  const random = seededRandom('pair');
  const id = exampleOf(detectors, 'aws.access-key', 1);
  const blob = pickMany('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 120, random);
  for (let distance = 0; distance < 260; distance++) {
    expect(finder.find(Buffer.from(`${blob}${' '.repeat(distance)} ${id}`)).map(({ confidence }) => confidence)).toEqual(['likely']);
    expect(finder.find(Buffer.from(`${id} ${' '.repeat(distance)}${blob}`)).map(({ confidence }) => confidence)).toEqual(['likely']);
  }
});

it('a key inside a word is none where its prefix is short', () => {
  const key = exampleOf(detectors, 'deepseek.api-key', 1);
  expect(rulesIn(`deepseek ${key}`)).toEqual(['deepseek.api-key']);
  expect(rulesIn(`deepseek ta${key}`)).toEqual([]);
  expect(rulesIn(`deepseek di${key}`)).toEqual([]);
});

it('an assignment that names its issuer is told once, by the issuer', () => {
  expect(rulesIn(`OPENAI_API_KEY=${exampleOf(detectors, 'openai.api-key', 1)}`)).toEqual(['openai.api-key']);
});

it.each([
  'NOVITA_API_KEY=',
  'novita-api-key: ',
  '"novitaApiKey": "',
  "os.environ['NOVITA_API_KEY'] = '",
  'setenv("NOVITA_API_KEY", "',
  '{\\"NOVITA_API_KEY\\":\\"',
])('a key without a shape is known behind its variable: %s', (before) => {
  expect(rulesIn(`${before}${exampleOf(detectors, 'novita.api-key', 1)}"`)).toEqual(['novita.api-key']);
});

it('a variable of an issuer decides whose a shared shape is, and takes no key from the issuer that it names itself', () => {
  const shared = exampleOf(detectors, 'deepseek.api-key', 1);
  expect(rulesIn(`BAICHUAN_API_KEY=${shared}`)).toEqual(['baichuan.api-key']);
  expect(rulesIn(`X_API_KEY=${shared}`)).toEqual(['shared.sk-32-hex']);
  expect(rulesIn(`NOVITA_API_KEY=${exampleOf(detectors, 'anthropic.api-key', 1)}`)).toEqual(['anthropic.api-key']);
});

it('a token of no issuer is that of the variable before it', () => {
  const token = exampleOf(detectors, 'jwt.token', 1);
  expect(rulesIn(`TOKEN=${token}`)).toEqual(['jwt.token']);
  expect(rulesIn(`NEBIUS_API_KEY=${token}`)).toEqual(['nebius.api-key']);
  expect(rulesIn(`{"SUPABASE_SERVICE_ROLE_KEY":"${token}"}`)).toEqual(['supabase.service-role-key']);
});

it.each(['1234567890', 'John Doe', 'test', 'bob@example.com'])('a token that speaks of "%s" is documentation', (value) => {
  const [header = '', , signature = ''] = exampleOf(detectors, 'jwt.token', 1).split('.');
  const tokenOf = (sub: string): string =>
    `${header}.${Buffer.from(JSON.stringify({ sub, iat: 1516239022 })).toString('base64url')}.${signature}`;
  expect(rulesIn(`t = "${tokenOf('u-29')}"`)).toEqual(['jwt.token']);
  expect(rulesIn(`t = "${tokenOf(value)}"`)).toEqual([]);
});

it('a short variable is none inside a longer word', () => {
  const value = exampleOf(detectors, 'zep.api-key', 1);
  expect(rulesIn(`MY_ZEP_API_KEY=${value}`)).toEqual(['zep.api-key']);
  expect(rulesIn(`JULEZEP_API_KEY=${value}`)).toEqual(['generic.assignment']);
});

it('a base64 key that begins inside a longer run is none', () => {
  const key = exampleOf(detectors, 'azure.storage-account-key', 1);
  expect(rulesIn(`AccountKey=${key};`)).toEqual(['azure.storage-account-key']);
  expect(rulesIn(`data:+${key}`)).toEqual([]);
  expect(rulesIn(`data:a${key}`)).toEqual([]);
});

it('a separator behind a z is no length of a key: nothing of the key is left over', () => {
  const cut: string[] = [];
  for (const detector of detectors.filter(({ isFree, spec }) => isFree && spec.pattern === undefined)) {
    for (const seed of [1, 2, 3]) {
      const key = exampleOf(detectors, detector.id, seed);
      for (const separator of '=:," (/|@&') {
        const found = finder.find(Buffer.from(`quiz${separator}${key}\n`, 'latin1'));
        if (!found.some(({ start, end }) => start <= 5 && end >= 5 + key.length)) cut.push(`${detector.id} behind ${separator}`);
      }
    }
  }
  expect([...new Set(cut)]).toEqual([]);
});

it('what stands behind the name of a digest is one, though its alphabet is that of a key', () => {
  const mistral = exampleOf(detectors, 'mistral.api-key', 1);
  const vast = exampleOf(detectors, 'vastai.api-key', 1);
  expect(rulesIn(`mistral: ${mistral}`)).toEqual(['mistral.api-key']);
  for (const before of ['client.py,sha256=', 'SHA-1: ', '{"md5": "', "{'sha512':'"])
    expect(rulesIn(`mistral ${before}${mistral}`)).toEqual([]);
  expect(rulesIn(`image: vast_ai@sha256:${vast}`)).toEqual([]);
});

it("a password that is the user's own name is none", () => {
  expect(rulesIn('mysql://keystone:keystone@db/x')).toEqual([]);
  expect(rulesIn('mysql://keystone:keystone7@db/x')).toEqual(['generic.url-password']);
});

it('a private key in which bytes count upwards is a test vector', () => {
  const pem = (body: Buffer): string => {
    const der = Buffer.concat([Buffer.from([0x30, 0x81, body.length]), body]);
    return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----`;
  };
  const bytes = Buffer.from(pickMany('0123456789abcdef', 160, seededRandom('der')), 'latin1');
  expect(rulesIn(pem(bytes))).toEqual(['private-key.pem']);
  for (let n = 0; n < 16; n++) bytes[40 + n] = n;
  expect(rulesIn(pem(bytes))).toEqual([]);
});

it.each([
  'curl -H "Authorization: Bearer KEY" https://api.example.net',
  'proxy_set_header Authorization "Bearer KEY";',
  'headers = {"Authorization": f"Bearer KEY"}',
  '{\\"authorization\\":\\"Bearer KEY\\"}',
  'req.Header.Set("Authorization", "Token KEY")',
  'headers: { Authorization: `Bearer KEY` }',
])('a key of any issuer is seen behind the scheme of a header: %s', (text) => {
  const key = exampleOf(detectors, 'novita.api-key', 1);
  expect(rulesIn(text.replace('KEY', key))).toEqual(['generic.authorization-header']);
});

it.each(['option.WithAPIKey("KEY")', '.apiKey("KEY")', "new AzureKeyCredential('KEY')", '{\\"api_key\\":\\"KEY\\"}'])(
  'a key of any issuer is seen where a client is made: %s',
  (text) => {
    const key = exampleOf(detectors, 'novita.api-key', 1);
    expect(rulesIn(text.replace('KEY', key))).toEqual(['generic.assignment']);
  },
);
