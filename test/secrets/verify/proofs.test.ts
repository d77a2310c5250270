import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { createFinder } from '../../../src/secrets/find.ts';

const finder = createFinder(await loadDetectorSet());
const found = (text: string): unknown => finder.find(Buffer.from(text)).map(({ rule, confidence, why }) => [rule, confidence, why]);

it('a short-term Bedrock key says when it ends', () => {
  const query = [
    'Action=CallWithBearerToken',
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encodeURIComponent('id/20260102/us-east-1/bedrock/aws4_request')}`,
    'X-Amz-Date=20260102T220000Z',
    'X-Amz-Expires=43200',
    `X-Amz-Signature=${'0123456789abcdef'.repeat(4)}`,
    'Version=1',
  ].join('&');
  const token = `bedrock-api-key-${Buffer.from(`bedrock.amazonaws.com/?${query}`).toString('base64')}`;
  expect(found(`AWS_BEARER_TOKEN_BEDROCK=${token}`)).toEqual([
    [
      'aws-bedrock.short-term-key',
      'certain',
      'length and alphabet are right; it decodes to what the issuer puts into it; it ends on 2026-01-03',
    ],
  ]);
});

it('a long-term Bedrock key decodes to its user and account', () => {
  const secret = Buffer.from(Array.from({ length: 48 }, (_, at) => (at * 89 + 7) % 256)).toString('base64');
  const token = `ABSK${Buffer.from(`BedrockAPIKey-a1b2-at-123456789012:${secret}`).toString('base64')}`;
  expect(found(token)).toEqual([
    ['aws-bedrock.api-key', 'certain', 'length and alphabet are right; it decodes to what the issuer puts into it'],
  ]);
});

it('an access key id of AWS says of which account it is, unless it is too old or no account has such a number', () => {
  const idOf = (account: bigint, first = 0n): string => {
    const bits = (first << 49n) | (account << 9n) | 0x155n;
    const letters = Array.from({ length: 10 }, (_, at) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number((bits >> BigInt(45 - 5 * at)) & 31n)),
    );
    return `AKIA${letters.join('')}Q7WMLK`;
  };
  const why = (id: string): unknown => finder.find(Buffer.from(id)).map((match) => match.why);
  expect(why(idOf(29608264753n, 1n))).toEqual(['length and alphabet are right; it is of account 029608264753']);
  expect(why(idOf(171436882533n, 1n))).toEqual([
    'length and alphabet are right; it is of account 171436882533, which is known for canary tokens: whoever uses it is noticed',
  ]);
  expect(why(idOf(1051234567890n, 1n))).toEqual(['length and alphabet are right']);
  expect(why(idOf(29608264753n, 1n).replace(/^AKIA./, 'AKIAJ'))).toEqual(['length and alphabet are right']);
});

it('a private key is one key however it is written', () => {
  const body = Buffer.concat([
    Buffer.of(0x30, 0x82, 2, 0x58),
    Buffer.from(Array.from({ length: 600 }, (_, at) => (at * 89 + (at >> 3)) % 251)),
  ]).toString('base64');
  const lines = body.replace(/.{64}/g, '$&\n');
  const pem = (text: string): string => `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`;
  const writings = [
    pem(lines),
    pem(lines).replaceAll('\n', '\r\n'),
    JSON.stringify(pem(lines)),
    pem(lines).replace(/^/gm, '    '),
    pem(body),
  ];
  const digests = writings.map((text) => finder.find(Buffer.from(text)).map(({ rule, digest }) => `${rule} ${digest}`));
  expect(digests.map((list) => list.length)).toEqual([1, 1, 1, 1, 1]);
  expect(new Set(digests.flat()).size).toBe(1);
});

it('a JSON web token says when it ends, and is one only if header and claims decode', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signature = Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 101 + 3) % 256)).toString('base64url');
  const claims = part({ iss: 'https://issuer.example', exp: 1_800_000_000 });
  expect(found(`${part({ alg: 'HS256', typ: 'JWT' })}.${claims}.${signature}`)).toEqual([
    ['jwt.token', 'possible', 'length and alphabet are right; its header and claims decode; it ends on 2027-01-15'],
  ]);
  expect(found(`${part({ kind: 'no algorithm' })}.${claims}.${signature}`)).toEqual([]);
});

it('a routable token of GitLab is one only if it says its own length, and proves more by its checksum', () => {
  const random = Buffer.from(Array.from({ length: 16 }, (_, at) => (at * 97 + 11) % 256));
  const payload = Buffer.concat([Buffer.from('o:1\nu:4x'), random, Buffer.of(16)]).toString('base64url');
  for (const version of ['', '.01']) {
    const counted = `glpat-${payload}${version}.${payload.length.toString(36).padStart(2, '0')}`;
    const checksum = crc32(Buffer.from(counted)).toString(36).padStart(7, '0');
    expect(found(`${counted}${checksum}`)).toEqual([
      ['gitlab.routable-token', 'likely', 'length and alphabet are right; its length and checksum are right'],
    ]);
    expect(found(`${counted}0000abc`)).toEqual([['gitlab.routable-token', 'likely', 'length and alphabet are right; its length is right']]);
    expect(found(`glpat-${payload}${version}.09${checksum}`)).toEqual([]);
  }
});

it('an SSH key is found with a passphrase and without one', () => {
  const text = (value: string | Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    return Buffer.concat([length, Buffer.from(value as string)]);
  };
  const random = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, at) => (at * at * 89 + at * 31 + 7) % 251));
  const one = Buffer.from([0, 0, 0, 1]);
  const publicKey = text(Buffer.concat([text('ssh-ed25519'), text(random(32))]));
  for (const [cipher, derivation, options] of [
    ['none', 'none', Buffer.alloc(0)],
    ['aes256-ctr', 'bcrypt', random(24)],
  ] as const) {
    const body = [Buffer.from('openssh-key-v1\0'), text(cipher), text(derivation), text(options), one, publicKey, text(random(144))];
    const lines = Buffer.concat(body).toString('base64').replace(/.{70}/g, '$&\n');
    const [match] = finder.find(Buffer.from(`-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`));
    expect([cipher, match?.rule, match?.confidence]).toEqual([cipher, 'private-key.pem', 'certain']);
  }
});
