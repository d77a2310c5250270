import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/model/json.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { createInspect } from '../../../src/secrets/documents/inspect.ts';
import { createRedactor } from '../../../src/secrets/redact.ts';

const set = await loadDetectorSet();
const { detectors } = set;
const inspect = createInspect({ set });
const key = (id: string, seed = 1): string => exampleOf(detectors, id, seed);
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

describe('inspecting a service configuration', () => {
  const config = {
    containers: [
      {
        image: 'registry.example.net/ai/serve:1',
        env: [
          { name: 'MODEL', value: 'qwen' },
          { name: 'DASHSCOPE_API_KEY', value: key('dashscope.api-key') },
          { name: 'DB_PASSWORD', value: 'tr0ub4dor-and-3' },
          { name: 'DB_PASSWORD_REF', value: `\${DB_PASSWORD}` },
        ],
      },
    ],
    cloud: { networking: { vpc_id: 'vpc-7', security_group_id: 'sg-7' } },
  };

  it('tells each key by its place, and keeps the members that were asked for and nothing else', () => {
    expect(
      inspect(JSON.stringify(config), { name: 'ServiceConfig', encoding: 'json', keep: ['containers[].image', 'cloud.networking.vpc_id'] }),
    ).toEqual({
      inspected: {
        $inspected: true,
        present: true,
        secrets: [
          {
            detector: 'dashscope.api-key',
            issuerCandidates: ['Alibaba Cloud Model Studio (DashScope)'],
            digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
            shown: `sk-****${key('dashscope.api-key').slice(-4)}`,
            confidence: 'likely',
            why: 'length and alphabet are right; "dashscope" stands near',
            variable: 'containers[].env[DASHSCOPE_API_KEY]',
          },
          {
            detector: 'generic.assignment',
            issuerCandidates: ['unknown'],
            shown: '****',
            confidence: 'possible',
            why: 'a name that promises a secret stands before it',
            variable: 'containers[].env[DB_PASSWORD]',
          },
        ],
        kept: { containers: [{ image: 'registry.example.net/ai/serve:1' }], cloud: { networking: { vpc_id: 'vpc-7' } } },
      },
    });
  });

  it('finds the same in the object, in its JSON, in URL-encoded JSON and in JSON inside JSON', () => {
    const text = JSON.stringify(config);
    const secrets = inspect(text, { encoding: 'json' }).inspected.secrets;
    expect(inspect(config, {}).inspected.secrets).toEqual(secrets);
    expect(inspect(encodeURIComponent(text), { encoding: 'url-encoded json' }).inspected.secrets).toEqual(secrets);
    expect(inspect(JSON.stringify(text), { encoding: 'json' }).inspected.secrets).toEqual(secrets);
    expect(inspect(base64(text), { encoding: 'base64' }).inspected.secrets).toEqual(secrets);
  });

  it('reads environments in the spellings that vendors use', () => {
    const value = key('anthropic.api-key');
    const variable = (env: Json): unknown => inspect({ env }, {}).inspected.secrets.map((secret) => secret.variable);
    expect(variable([{ Name: 'A', Value: value }])).toEqual(['env[A]']);
    expect(variable([{ key: 'A', value }])).toEqual(['env[A]']);
    expect(variable([{ name: 'A', value, type: 'plain' }])).toEqual(['env[A]']);
    expect(variable({ A: value })).toEqual(['env.A']);
    expect(variable([`A=${value}`])).toEqual(['env[].A']);
  });

  it('masks keys in members that it keeps', () => {
    const secret = key('openai.project-key');
    const kept = (image: string): unknown => inspect({ image }, { keep: ['image'] }).inspected.kept;
    expect(kept(`registry/x:1?token=${secret}&y=1`)).toEqual({
      image: expect.stringMatching(/^registry\/x:1\?token=sk-[a-zA-Z]+-\*{4}.{4}&y=1$/) as string,
    });
    expect(kept(`echo ${base64(`export K=${secret}`)}`)).toEqual({ image: '****' });
    expect(kept(JSON.stringify({ deep: { secret } }))).toEqual({ image: '****' });
  });

  it('keeps nothing of a value that is no document', () => {
    expect(inspect('plain', { keep: ['a'] }).inspected.kept).toEqual({});
    expect(inspect(['a'], { keep: ['[]'] }).inspected.kept).toEqual({});
  });

  it('finds the first of two members with one name, which JSON.parse drops', () => {
    const [first, second] = [key('groq.api-key', 1), key('groq.api-key', 2)];
    expect(inspect(`{"a":"${first}","a":"${second}"}`, { encoding: 'json' }).inspected.secrets).toHaveLength(2);
  });
});

describe('inspecting a script', () => {
  it('names the variable that holds a key, else the key by its digest', () => {
    const script = [
      '#!/bin/bash',
      `export OPENAI_API_KEY="${key('openai.api-key')}"`,
      `curl -H "Authorization: Bearer ${key('groq.api-key')}" https://api.example.net`,
      `login --token ${key('huggingface.access-token')}`,
    ].join('\n');
    const found = inspect(base64(script), { name: 'Content', encoding: 'base64' }).inspected.secrets;
    expect(found.map(({ detector, variable }) => [detector, variable])).toEqual([
      ['groq.api-key', 'Authorization'],
      ['openai.api-key', 'OPENAI_API_KEY'],
      ['huggingface.access-token', expect.stringMatching(/^[0-9a-f]{12}$/)],
    ]);
  });

  it('opens gzip and inner base64', () => {
    const inner = base64(`#cloud-config\nwrite_files: ${base64(`TOKEN=${key('github.token')}`)}`);
    const packed = gzipSync(`#!/bin/sh\necho ${inner} | base64 -d\n`).toString('base64');
    expect(inspect(packed, { encoding: 'base64' }).inspected.secrets.map(({ detector, variable }) => [detector, variable])).toEqual([
      ['github.token', 'TOKEN'],
    ]);
  });

  it('sees through hexadecimal, escapes, lists of bytes and dumps, also for keys that only their variable names', () => {
    const mistral = exampleOf(set.detectors, 'mistral.api-key', 'written');
    const line = `MISTRAL_API_KEY=${mistral}\n`;
    const codes = Array.from(Buffer.from(mistral));
    const lines = Array.from({ length: Math.ceil(line.length / 16) }, (_, n) => Buffer.from(line.slice(16 * n, 16 * n + 16)));
    const hex = (code: number): string => code.toString(16).padStart(2, '0');
    const written: readonly unknown[] = [
      `echo ${Buffer.from(line).toString('hex')} | xxd -r -p`,
      `MISTRAL_API_KEY='${codes.map((code) => `\\x${hex(code)}`).join('')}'`,
      `MISTRAL_API_KEY=$'${codes.map((code) => `\\${code.toString(8)}`).join('')}'`,
      `MISTRAL_API_KEY=${codes.map((code) => `%${hex(code)}`).join('')}`,
      `const MISTRAL_API_KEY = Buffer.from([${codes.join(', ')}])`,
      lines
        .map(
          (one, n) => `${(16 * n).toString(16).padStart(8, '0')}: ${one.toString('hex').replaceAll(/.{4}/g, '$& ')}  ${one.toString()}\n`,
        )
        .join(''),
      { MISTRAL_API_KEY: codes },
      { MISTRAL_API_KEY: { type: 'Buffer', data: codes } },
      JSON.stringify({ settings: { MISTRAL_API_KEY: Buffer.from(mistral) } }),
      `data: ${deflateSync(line.repeat(3)).toString('base64')}`,
      `data: ${gzipSync(Buffer.concat([Buffer.alloc(512), Buffer.from(line)])).toString('base64')}`,
    ];
    for (const value of written) {
      const { secrets } = inspect(value as Json, {}).inspected;
      expect([value, secrets.map(({ detector, digest }) => [detector, digest])]).toEqual([
        value,
        [['mistral.api-key', createRedactor().digest(mistral)]],
      ]);
    }
  });

  it('opens base64 that is wrapped, and base64 that is long', () => {
    const text = `${'# configuration\n'.repeat(20_000)}TOKEN=${key('github.token')}\n`;
    const wrapped = base64(text).replace(/.{76}/g, '$&\n    ');
    for (const script of [`write_files:\n  - content: |\n    ${wrapped}\n`, `echo ${base64(text)} | base64 -d`]) {
      expect(inspect(script, {}).inspected.secrets.map(({ detector, variable }) => [detector, variable])).toEqual([
        ['github.token', 'TOKEN'],
      ]);
    }
  });

  it('takes runs of base64 of any length, on one line and on many', () => {
    const line = `TOKEN=${key('github.token')}\n`;
    for (const run of ['x'.repeat(10_000_000), `${'x'.repeat(76)}\n`.repeat(200_000)]) {
      expect(inspect(`${run}\n${line}`, {}).inspected.secrets.map(({ detector }) => detector)).toEqual(['github.token']);
    }
  });

  it('says what cannot be decoded, and searches it all the same', () => {
    const secret = key('xai.api-key');
    const outcome = (text: string, encoding: 'json' | 'base64' | 'url-encoded json'): unknown => {
      const { inspected, undecodable } = inspect(text, { encoding });
      return [undecodable, inspected.secrets.map(({ detector }) => detector)];
    };
    expect(outcome(`{"a": "${secret}`, 'json')).toEqual(['is not JSON', ['xai.api-key']]);
    expect(outcome(`not base64! ${secret}`, 'base64')).toEqual(['is not base64', ['xai.api-key']]);
    expect(outcome(`%zz ${secret}`, 'url-encoded json')).toEqual(['is not URL-encoded', ['xai.api-key']]);
    expect(outcome(gzipSync('x'.repeat(500)).subarray(0, 20).toString('base64'), 'base64')).toEqual([
      'holds gzip that cannot be opened',
      [],
    ]);
  });
});

describe('whose key it is', () => {
  const named = (name: string, value: string): unknown =>
    inspect(value, { name }).inspected.secrets.map(({ detector, issuerCandidates, confidence }) => [
      detector,
      issuerCandidates.length,
      confidence,
    ]);

  it('is decided by the name beside it where issuers share a shape', () => {
    const shared = key('deepseek.api-key');
    expect(named('DEEPSEEK_API_KEY', shared)).toEqual([['deepseek.api-key', 1, 'likely']]);
    expect(named('DASHSCOPE_API_KEY', shared)).toEqual([['dashscope.api-key', 1, 'likely']]);
    expect(named('LLM_KEY', shared)).toEqual([['shared.sk-32-hex', 3, 'possible']]);
  });

  it('is left open where two issuers are named nearby and neither on its line', () => {
    const text = `base: dashscope.aliyuncs.com\nother: deepseek\nkey: ${key('deepseek.api-key')}`;
    expect(named('', text)).toEqual([['shared.sk-32-hex', 3, 'likely']]);
  });

  it('is told once for a pair of id and secret', () => {
    const pair = [
      { name: 'AWS_ACCESS_KEY_ID', value: key('aws.access-key') },
      { name: 'AWS_SECRET_ACCESS_KEY', value: key('aws.secret-access-key') },
    ];
    const { secrets } = inspect(pair, {}).inspected;
    expect(secrets.map(({ detector, confidence, variable }) => [detector, confidence, variable])).toEqual([
      ['aws.access-key', 'certain', '[AWS_ACCESS_KEY_ID]'],
    ]);
    expect(inspect({ env: pair }, { keep: ['env'] }).inspected.kept).toEqual({
      env: [
        { name: 'AWS_ACCESS_KEY_ID', value: expect.stringMatching(/^A[A-Z]{3}\*{4}$/) as string },
        { name: 'AWS_SECRET_ACCESS_KEY', value: '****' },
      ],
    });
  });
});

describe('a digest', () => {
  const digestOf = (digestKey?: string): unknown =>
    createInspect({ set, ...(digestKey !== undefined && { digestKey }) })(key('openai.api-key'), {}).inspected.secrets[0]?.digest;

  it('is equal for equal keys and differs under a key of the user', () => {
    expect(digestOf()).toBe(digestOf());
    expect(digestOf('mine')).toBe(digestOf('mine'));
    expect(digestOf('mine')).not.toBe(digestOf());
    expect(digestOf('')).toBe(digestOf());
  });

  it('does not change where a key is said to stand', () => {
    const variable = (digestKey: string): unknown =>
      createInspect({ set, digestKey })(`run --key ${key('openai.api-key')}`, {}).inspected.secrets[0]?.variable;
    expect(variable('mine')).toBe(variable('yours'));
  });
});

describe('quiet', () => {
  it.each([
    '',
    `\${OPENAI_API_KEY}`,
    '$(cat /run/secrets/key)',
    '{{ secrets.KEY }}',
    '<your-api-key>',
    '********',
    'changeme',
    'changeme123',
    'arn:aws:secretsmanager:us-east-1:123456789012:secret:app',
    '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/k1)',
    'vault:secret/data/app#key1',
    'projects/p1/secrets/key/versions/1',
    '/run/secrets/openai_key1',
    'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'sk-your-api-key-here-1234567890',
    'true',
    '1234567890',
  ])('on %j as the value of a secret', (value) => {
    expect(inspect(value, { name: 'API_KEY' }).inspected).toEqual({ $inspected: true, present: value !== '', secrets: [], kept: {} });
  });

  it('on nothing', () => {
    for (const value of [null, '', {}, []]) expect(inspect(value, {}).inspected.present).toBe(false);
    for (const value of [0, false, 'x', { a: null }, [0]]) expect(inspect(value, {}).inspected.present).toBe(true);
  });
});

describe('whatever the value', () => {
  it('no key of it is in what comes out', () => {
    const holder = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant('CANARY'),
        fc.string().map((text) => `${text} CANARY`),
        fc.constant('export X="CANARY"'),
        fc.dictionary(fc.oneof(fc.constant('CANARY'), fc.string({ maxLength: 5 })), tie('value'), { maxKeys: 3 }) as fc.Arbitrary<Json>,
        fc.array(tie('value'), { maxLength: 3 }),
        tie('value').map((value) => JSON.stringify(value)),
        tie('value').map((value) => base64(JSON.stringify(value))),
        fc.record({ name: fc.string({ maxLength: 5 }), value: tie('value') }) as fc.Arbitrary<Json>,
      ),
    })).value;
    fc.assert(
      fc.property(
        holder,
        fc.constantFrom(...detectors.filter(({ isFree, spec }) => isFree && spec.pattern === undefined)),
        fc.constantFrom(undefined, 'json' as const, 'base64' as const, 'url-encoded json' as const),
        (value, detector, encoding) => {
          const secret = exampleOf(detectors, detector.id, 'canary');
          const filled = JSON.parse(JSON.stringify(value).replaceAll('CANARY', secret)) as Json;
          const keep = ['a', 'name', 'value', '[]', '[].value'];
          const said = JSON.stringify(inspect(filled, { keep, ...(encoding && { encoding }) }));
          expect(said).not.toContain(secret);
          expect(said).not.toContain(secret.slice(-20));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('a key that is the name of a member of kept JSON text is masked with the text', () => {
    const secret = key('ai71.api-key');
    const { inspected } = inspect({ value: JSON.stringify({ [secret]: 'x' }) }, { keep: ['value'] });
    expect(inspected.kept).toEqual({ value: '****' });
    expect(inspected.secrets.map(({ detector }) => detector)).toEqual(['ai71.api-key']);
  });

  it('a plus in percent-encoded text is a plus, as in a key of base64', () => {
    const secret = exampleOf(
      detectors,
      'aws-bedrock.short-term-key',
      [...Array(200).keys()].find((seed) => exampleOf(detectors, 'aws-bedrock.short-term-key', seed).includes('+')) ?? 0,
    );
    const { inspected } = inspect(JSON.stringify({ K: secret }), { encoding: 'url-encoded json', keep: ['K'] });
    expect(inspected.secrets.map(({ detector }) => detector)).toEqual(['aws-bedrock.short-term-key']);
    expect(JSON.stringify(inspected)).not.toContain(secret.slice(-20));
  });

  it('a document that nests too deep to walk is searched as text', () => {
    const secret = key('openai.api-key');
    const deep = `${'{"a":['.repeat(20_000)}{"K":"${secret}"}${']}'.repeat(20_000)}`;
    for (const outcome of [inspect(deep, { encoding: 'json' }), inspect(JSON.parse(deep) as Json, {})]) {
      expect(outcome.inspected.secrets.map(({ detector }) => detector)).toEqual(['openai.api-key']);
    }
  });

  it('bytes that are no text neither throw nor take long', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000, size: 'max' }),
        fc.constantFrom('json' as const, 'base64' as const, 'url-encoded json' as const),
        (bytes, encoding) => {
          const started = performance.now();
          inspect(Buffer.from(bytes).toString('base64'), { encoding });
          inspect(Buffer.from(bytes).toString('latin1'), { encoding });
          expect(performance.now() - started).toBeLessThan(1000);
        },
      ),
    );
  });
});
