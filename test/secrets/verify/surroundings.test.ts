import { describe, expect, it } from 'vitest';
import { prepareByteSinks } from '../../../src/secrets/byte-sink.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { createFinder } from '../../../src/secrets/find.ts';
import { pickMany, seededRandom } from '../../../src/secrets/detectors/random.ts';
import { createRedactor } from '../../../src/secrets/redact.ts';

const set = await loadDetectorSet();
const finder = createFinder(set);
const key = (id: string, seed = 1): string => exampleOf(set.detectors, id, seed);

/** Rules and the very texts that they were found by. */
const foundIn = (text: string): readonly (readonly [string, string])[] => {
  const bytes = Buffer.from(text, 'latin1');
  return finder.find(bytes).map(({ rule, start, end }) => [rule, bytes.toString('latin1', start, end)] as const);
};

describe('a context word', () => {
  const shared = key('deepseek.api-key');
  const hex = key('assemblyai.api-key');
  const dotted = key('zhipu.api-key');

  it.each([
    ['dashscope.api-key', `{"qwenApiKey":"${shared}"}`],
    ['dashscope.api-key', `model-studio-key: ${shared}`],
    ['dashscope.api-key', `model.studio.key=${shared}`],
    ['dashscope.api-key', `A=1\\nQWEN_KEY=${shared}`],
    ['dashscope.api-key', `\u001b[36mQWEN_KEY\u001b[0m=${shared}`],
    ['zhipu.api-key', `ZHIPUAI_API_KEY=${dotted}`],
    ['zhipu.api-key', `{"glmApiKey":"${dotted}"}`],
    ['zhipu.api-key', `let GLMApiKey = "${dotted}"`],
    ['elevenlabs.old-api-key', `eleven.api.key=${hex}`],
    ['fal.api-key', `falKey: "${key('fal.api-key')}"`],
    ['zhipu.api-key', `java -Dglm.api.key=${dotted} -jar app.jar`],
    ['elevenlabs.old-api-key', `let xiApiKey = "${hex}"`],
    ['kling.key', `KLINGAI_SECRET_KEY=${key('kling.key')}`],
  ])('is known however its words are joined: %s', (rule, text) => {
    expect(foundIn(text).map(([name]) => name)).toEqual([rule]);
  });

  it('is none inside of a longer word, however that is written', () => {
    for (const name of ['nglmap', 'NGLMAP', 'zglmApi', 'hexa_api_id', 'mexaApi']) {
      expect(foundIn(`${name} ${dotted} ${name}`)).toEqual([]);
      expect(foundIn(`${name} ${key('exa.api-key')}`)).toEqual([]);
    }
  });
});

it('a key of a short prefix is found where a pickle of the first protocol begins a text with it', () => {
  for (const id of ['xai.api-key', 'databricks.access-token', 'huggingface.access-token']) {
    expect(foundIn(`(dp0\nVtoken\np1\nV${key(id)}\np2\ns.`)).toEqual([[id, key(id)]]);
    expect(foundIn(`(dp0\nVtoken\np1\nW${key(id)}\np2\ns.`)).toEqual([]);
  }
});

describe('a key that is known by its variable alone is found', () => {
  const value = key('novita.api-key');

  it.each([
    `NOVITA.API.KEY=${value}`,
    `novitaApiKey: \`${value}\``,
    `ENV NOVITA_API_KEY ${value}`,
    `setx NOVITA_API_KEY "${value}"`,
    `--novita-api-key ${value} -x`,
    `["--novita-api-key","${value}"]`,
    `- name: NOVITA_API_KEY\n  value: ${value}\n`,
    `{"name":"NOVITA_API_KEY","value":"${value}"}`,
    `<add key="NOVITA_API_KEY" value="${value}" />`,
    `<NOVITA_API_KEY>${value}</NOVITA_API_KEY>`,
    `<key>NOVITA_API_KEY</key>\n\t<string>${value}</string>`,
    `variable "novita_api_key" {\n  default = "${value}"\n}`,
    `| NOVITA_API_KEY | ${value} |`,
    `?NOVITA_API_KEY%3D${value}%26`,
    `%22NOVITA_API_KEY%22%3A%22${value}%22`,
    `\\u0022NOVITA_API_KEY\\u0022:\\u0022${value}\\u0022`,
    `NOVITA_API_KEY=&quot;${value}&quot;`,
    `<meta name="NOVITA_API_KEY" content="${value}">`,
    // pickles of protocols 2 (by Python 3, with many texts before, by Python 2) and 0
    `\x80\x02}q\x00X\x0e\x00\x00\x00NOVITA_API_KEYq\x01X${String.fromCharCode(value.length)}\x00\x00\x00${value}q\x02s.`,
    `X\x0e\x00\x00\x00NOVITA_API_KEYr\x01\x02\x00\x00X${String.fromCharCode(value.length)}\x00\x00\x00${value}r\x02\x02\x00\x00s.`,
    `\x80\x02}q\x00U\x0eNOVITA_API_KEYq\x01U${String.fromCharCode(value.length)}${value}q\x02s.`,
    `(dp0\nVNOVITA_API_KEY\np1\nV${value}\np2\ns.`,
    `(dp0\nS'NOVITA_API_KEY'\np1\nS'${value}'\np2\ns.`,
    // constants of bytecode: environ["NOVITA_API_KEY"] = value
    `)\x04\xe9\x00\x00\x00\x00Nz${String.fromCharCode(value.length)}${value}\xda\x0eNOVITA_API_KEY)\x02\xda\x02os`,
    `)\x04\xe9\x00\x00\x00\x00N\xda${String.fromCharCode(value.length)}${value}Z\x0eNOVITA_API_KEY)\x02\xda\x02os`,
    `\u001b[36mNOVITA_API_KEY\u001b[0m=\u001b[32m${value}\u001b[0m`,
    `export NOVITA_API_KEY=\${NOVITA_API_KEY:-${value}}`,
    `NOVITA_API_KEY_PROD=${value}`,
    `novitaApiKey2: ${value}`,
    `NOVITA_API_KEY: str = "${value}"`,
    `const NOVITA_API_KEY: string = '${value}';`,
    `const NOVITA_API_KEY: &str = "${value}";`,
    `param novitaApiKey string = '${value}'`,
    `NOVITA_API_KEY = b'${value}'`,
    `novita_api_key=SecretStr("${value}")`,
    `novita_api_keys = ["${value}"]`,
    `os.environ.get("NOVITA_API_KEY") or "${value}"`,
    `process.env['NOVITA_API_KEY'] ?? '${value}'`,
    `ENV['NOVITA_API_KEY'] ||= '${value}'`,
    `$ENV{NOVITA_API_KEY} = '${value}';`,
    `novita_api_key <- "${value}"`,
    `novita_api_key: |\n  ${value}\n`,
    `NOVITA_API_KEY;${value};bob`,
    `set \`NOVITA_API_KEY\` to \`${value}\` first`,
    `<NOVITA_API_KEY><![CDATA[${value}]]></NOVITA_API_KEY>`,
    `<input name="novita_api_key" type="hidden" value="${value}">`,
    `{\n  "key": "NOVITA_API_KEY",\n  "type": "secret",\n  "value": "${value}"\n}`,
    `variable "novita_api_key" {\n  type    = string\n  default = "${value}"\n}`,
    `\u008c\u000eNOVITA_API_KEY\u0094\u008c${String.fromCharCode(value.length)}${value}\u0094`,
    `\u000a\u000eNOVITA_API_KEY\u0012${String.fromCharCode(value.length)}${value}\u001a`,
  ])('in %j', (text) => {
    expect(foundIn(text)).toEqual([['novita.api-key', value]]);
  });
});

describe('a key that is known by its variable alone is found before it', () => {
  const value = key('novita.api-key');

  it.each([
    `- value: ${value}\n  name: NOVITA_API_KEY\n`,
    `- value: "${value}"\n  name: "NOVITA_API_KEY"\n`,
    `{"value":"${value}","name":"NOVITA_API_KEY"}`,
    `{\n  "Value": "${value}",\n  "Key": "NOVITA_API_KEY"\n}`,
  ])('in %j', (text) => {
    expect(foundIn(text)).toEqual([['novita.api-key', value]]);
  });

  it('and not before what only mentions it', () => {
    expect(foundIn(`{"value":"${value}","text":"NOVITA_API_KEY"}`)).toEqual([]);
    expect(foundIn(`value: ${value}\nname: NOVITA_API_KEY_IS_ELSEWHERE\n`)).toEqual([]);
  });
});

describe('of several keys behind one name, each is found', () => {
  const keys = [1, 2, 3].map((seed) =>
    pickMany('abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789', 40, seededRandom(`list ${seed}`)),
  );
  const [one = '', two = '', three = ''] = keys;

  it.each([
    `NOVITA_API_KEYS=${keys.join(',')}\n`,
    `NOVITA_API_KEYS="${keys.join(', ')}"\n`,
    `{"novita_api_keys": ["${keys.join('", "')}"]}`,
    `{"novita_api_keys": [\n  "${keys.join('",\n  "')}"\n]}`,
    `novita_api_keys:\n  - ${keys.join('\n  - ')}\n`,
    `novita_api_keys:\n- "${keys.join('"\n- "')}"\n`,
    `novita_api_keys = ['${one}', '${two}', '${three}']`,
  ])('in %j', (text) => {
    expect(foundIn(text)).toEqual(keys.map((each) => ['novita.api-key', each]));
  });

  it('and nothing of another length', () => {
    expect(foundIn(`NOVITA_API_KEYS=${one},${two}7\n`)).toEqual([['novita.api-key', one]]);
  });
});

it('a name behind an escaped line break is not read with its letter', () => {
  const value = key('scale.api-key');
  expect(foundIn(`A=1\\nSCALE_API_KEY=${value}`)).toEqual([['scale.api-key', value]]);
});

describe('a hyphen that joins no word stands before', () => {
  it.each(['huggingface.access-token', 'aws.access-key', 'jwt.token', 'deepseek.api-key', 'wandb.old-api-key'])('%s', (id) => {
    const value = key(id);
    const name = id.split('.')[0]?.toUpperCase();
    for (const text of [`${name}_API_KEY=\${${name}_API_KEY:-${value}}`, `# ${name}_API_KEY\n-${value}\n`]) {
      expect(foundIn(text)).toEqual([[id, value]]);
    }
    expect(foundIn(`${name}_API_KEY: a-${value}`).map(([, found]) => found)).not.toContain(value);
  });
});

describe('where a length stands before a key', () => {
  it('it is found beside any letter, though the length may look like the end of a letter of another script', () => {
    const long = key('runway.api-key');
    expect(foundIn(`\u00e9\u0000\u00da${String.fromCharCode(long.length)}${long}N\u00da`)).toEqual([['runway.api-key', long]]);
  });

  it('a key without fixed text is found, too, beside its word', () => {
    const hex = key('ollama.api-key');
    expect(foundIn(`\u008c\u000aollama_key\u0094\u008c${String.fromCharCode(hex.length)}${hex}\u0094`)).toEqual([['ollama.api-key', hex]]);
  });
});

it('a pickle of the second protocol holds a key without fixed text beside its word, and a letter behind it', () => {
  for (const id of ['mistral.api-key', 'ollama.api-key', 'assemblyai.api-key']) {
    const [value, name] = [key(id), `${id.slice(0, id.indexOf('.'))}_key`];
    const textOf = (text: string, mark: string): string => `X${String.fromCharCode(text.length)}\u0000\u0000\u0000${text}q${mark}`;
    expect(foundIn(`\u0080\u0002}q\u0000${textOf(name, '\u0001')}${textOf(value, '\u0002')}s.`)).toEqual([[id, value]]);
    expect(foundIn(`\u0080\u0002}q\u0000${textOf(name, '\u0001')}${textOf(`${value}f`, '\u0002')}s.`)).toEqual([]);
  }
});

describe('bytecode', () => {
  it('holds a key without fixed text beside its name, and any mark behind it', () => {
    const value = key('mistral.api-key');
    const constant = `\u00da${String.fromCharCode(value.length)}${value}`;
    for (const mark of ['N)\u0001', 'c\u0000', 'r\u0002', ')\u0003', '\u00e3']) {
      expect(foundIn(`\u0000)\u0002${constant}${mark}\u00da\u000fMISTRAL_API_KEY\u00a9`)).toEqual([['mistral.api-key', value]]);
    }
  });

  it('is not what a digest behind a letter of another script is', () => {
    const digest = `${key('assemblyai.api-key')}${key('assemblyai.api-key', 2)}`.slice(0, 40);
    expect(foundIn(`assemblyai \u00e9 ${digest}`)).toEqual([]);
  });
});

it('a key is one secret, however it is packed', () => {
  const value = key('anthropic.api-key');
  const text = `KEY=${value}\n`;
  const sink = prepareByteSinks({ set, redactor: createRedactor(), engine: 'wasm' })();
  const bytes = Buffer.concat([
    Buffer.from(text),
    Buffer.from(`${Buffer.from(text).toString('base64')}\n\0\0`),
    Buffer.from(text.repeat(2), 'utf16le'),
    Buffer.from(`\ufeff${text.repeat(2)}`, 'utf16le').swap16(),
  ]);
  sink.room().set(bytes);
  sink.commit(bytes.length);
  const found = [...sink.take(), ...sink.end()];
  expect(found.map(({ packed }) => packed)).toEqual([undefined, 'base64', 'utf-16le', 'utf-16le', 'utf-16be', 'utf-16be']);
  expect(new Set(found.map(({ detector, digest }) => `${detector} ${digest}`)).size).toBe(1);
});

describe('a record of SQLite', () => {
  it.each(['huggingface.access-token', 'aws.access-key', 'google.api-key', 'xai.api-key', 'deepseek.api-key', 'jwt.token'])(
    'holds %s right beside other columns',
    (id) => {
      const value = key(id);
      for (const before of ['name', 'OPENAI_API_KEY', 'n'.repeat(90)]) {
        for (const behind of ['', 'note', 'Z'.repeat(70)]) {
          expect(foundIn(`\u0000\u0000${record([before, value, behind])}zz`).map(([, text]) => text)).toEqual([value]);
        }
      }
    },
  );

  it('is none where the lengths do not fit', () => {
    const value = key('huggingface.access-token');
    const header = record(['name', `${value}x`]).slice(0, 3);
    expect(foundIn(`\u0000\u0000${header}name${value}xx`)).toEqual([]);
  });
});

/** Columns of text as SQLite writes a record of them. */
function record(columns: readonly string[]): string {
  const types = columns.map(({ length }) => varint(13 + 2 * length)).join('');
  return String.fromCharCode(types.length + 1) + types + columns.join('');
}

const varint = (value: number): string =>
  value < 128 ? String.fromCharCode(value) : String.fromCharCode(0x80 | (value >> 7), value & 0x7f);
