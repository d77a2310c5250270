import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareByteSinks } from '../../../src/secrets/byte-sink.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { unescaped } from '../../../src/secrets/encodings/escapes.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { createRedactor } from '../../../src/secrets/redact.ts';

const set = await loadDetectorSet();
const redactor = createRedactor();
const sinks = (['wasm', 'automaton'] as const).map((engine) => prepareByteSinks({ set, redactor, engine }));

const ids = [
  'openai.project-key',
  'anthropic.api-key',
  'huggingface.access-token',
  'deepseek.api-key',
  'azure.storage-account-key',
  'google.api-key',
  'aws.access-key',
  'github.token',
];
const keys = ids.map((id) => [id, exampleOf(set.detectors, id, 4)] as const);
const storageKey = exampleOf(set.detectors, 'azure.storage-account-key', 8);

/** What either engine finds: rule, digest, packing, and what the bytes there are. */
function foundIn(text: string): readonly { rule: string; digest: string | undefined; packed: string | undefined; written: string }[] {
  const bytes = Buffer.from(text, 'latin1');
  const [kernel, automaton] = sinks.map((make) => {
    const sink = make();
    bytes.copy(sink.room());
    sink.commit(bytes.length);
    return [...sink.take(), ...sink.end()];
  });
  expect(kernel).toEqual(automaton);
  return (kernel ?? []).map(({ detector, digest, packed, startByte, endByte }) => ({
    rule: detector,
    digest,
    packed,
    written: bytes.toString('latin1', startByte, endByte),
  }));
}

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const signs = (write: (code: string) => string) => (key: string) => key.replace(/[+/=]/g, (sign) => write(hex(sign)));
const ruleOf = (id: string): string => (id === 'deepseek.api-key' ? 'shared.sk-32-hex' : id);

describe('a key is found, and has the digest that it has elsewhere,', () => {
  const joints = ['" +\n    "', '"\n     "', '" \\\n  "', '" + "', "'\r\n  . '", '\\\n', '\\\r\n    ', '=\n', '=\r\n'];

  it.each(joints)('written in two parts: %j', (joint) => {
    for (const [id, key] of keys) {
      const written = `${key.slice(0, 18)}${joint}${key.slice(18)}`;
      expect(foundIn(`first\nk = "${written}"\nlast\n`)).toEqual([
        { rule: ruleOf(id), digest: redactor.digest(key), packed: 'escapes', written },
      ]);
    }
  });

  it.each([
    ['hexadecimal', hex],
    ['hexadecimal in upper case', (key: string) => hex(key).toUpperCase()],
    ['wrapped hexadecimal', (key: string) => hex(key).replace(/.{60}(?=.)/g, '$&\n')],
  ])('in %s', (_, write) => {
    for (const [id, key] of keys) {
      for (const before of ['', '0x', '\\x']) {
        const found = foundIn(`first\ndata ${before}${write(key)}\nlast\n`);
        expect(found).toEqual([{ rule: ruleOf(id), digest: redactor.digest(key), packed: 'hexadecimal', written: write(key) }]);
      }
      const amid = foundIn(`data: ${write(`A=1\nB="${key}"\n`)}\n`);
      expect(amid.map(({ rule, digest }) => [rule, digest])).toEqual([[ruleOf(id), redactor.digest(key)]]);
    }
  });

  it.each([
    ['a URL', (code: string) => `%${code.toUpperCase()}`],
    ['a URL in a URL', (code: string) => `%25${code.toUpperCase()}`],
    ['JSON of .NET', (code: string) => `\\u00${code.toUpperCase()}`],
    ['JSON in JSON', (code: string) => `\\\\u00${code}`],
    ['a page', (code: string) => `&#x${code.toUpperCase()};`],
    ['a page, decimal', (code: string) => `&#${Number.parseInt(code, 16)};`],
  ])('its signs as %s writes them', (_, write) => {
    const written = signs(write)(storageKey);
    for (const text of [`?key=${written}&x=1`, `"AccountKey=${written};EndpointSuffix=core.windows.net"`, written]) {
      expect(foundIn(text)).toEqual([
        { rule: 'azure.storage-account-key', digest: redactor.digest(storageKey), packed: 'escapes', written },
      ]);
    }
  });

  it('its slashes as PHP writes them in JSON', () => {
    const pem = exampleOf(set.detectors, 'private-key.pem', 1);
    const text = JSON.stringify({ private_key: `-----BEGIN PRIVATE KEY-----${pem}-----END PRIVATE KEY-----\n` });
    const [plain] = foundIn(text);
    expect(plain).toMatchObject({ rule: 'private-key.pem', packed: undefined });
    expect(foundIn(text.replaceAll('/', '\\/'))).toMatchObject([{ rule: 'private-key.pem', digest: plain?.digest }]);
  });

  it('behind an escape that was escaped again', () => {
    for (const [id, key] of keys.filter(([, one]) => !/[+/=]/.test(one))) {
      expect(foundIn(`?q=%2522${key}%2522`).map(({ rule, written }) => [rule, written])).toEqual([[ruleOf(id), key]]);
    }
  });

  it('beside the other half of its pair, where that is escaped', () => {
    const id = exampleOf(set.detectors, 'aws.access-key', 4);
    const secret = `${exampleOf(set.detectors, 'aws.secret-access-key', 2).slice(0, 38)}/+`;
    for (const text of [
      `?id=${id}&secret=${encodeURIComponent(secret)}&x`,
      `{"id":"${id}","secret":"${secret.replace('/', '\\/').replace('+', '\\u002B')}"}`,
    ]) {
      const [match, ...others] = foundIn(text);
      expect(others).toEqual([]);
      expect(match).toMatchObject({ rule: 'aws.access-key', digest: redactor.digest(id), packed: 'escapes', written: id });
    }
  });
});

describe('no key is made of', () => {
  const [, key] = keys[0] as (typeof keys)[number];

  it.each([
    ['two texts of a list', `["${key.slice(0, 40)}", "${key.slice(40)}"]`],
    ['two lines', `${key.slice(0, 40)}\n${key.slice(40)}`],
    ['two columns', `${key.slice(0, 40)}\t${key.slice(40)}`],
    ['a part of hexadecimal', hex(key).slice(0, -2)],
    ['hexadecimal that goes on', hex(`${key}A`)],
    ['digits at odd places', `data 7${hex(key).slice(0, 60)} ${hex(key).slice(60)}`],
  ])('%s', (_, text) => {
    expect(foundIn(`${text}\n`)).toEqual([]);
  });
});

it('each character of a text without escapes knows where it was written', () => {
  const written = fc.constantFrom(
    '%2F',
    '%252f',
    '\\u002B',
    '\\\\x3d',
    '&#47;',
    '&amp;',
    '\\/',
    '" +\n "',
    '\\\n  ',
    'a',
    '%',
    '\\',
    '"',
    ' ',
    '=\n',
  );
  fc.assert(
    fc.property(fc.array(written, { maxLength: 40 }), (parts) => {
      const text = parts.join('');
      const plain = unescaped(text);
      if (plain === undefined) return;
      expect([plain.starts.length, plain.ends.length]).toEqual([plain.text.length, plain.text.length]);
      for (let at = 0; at < plain.text.length; at++) {
        const one = text.slice(plain.starts[at], plain.ends[at]);
        if (one.length === 1) expect(one).toBe(plain.text[at]);
        expect(plain.starts[at]).toBeGreaterThanOrEqual(plain.ends[at - 1] ?? 0);
      }
    }),
  );
});
