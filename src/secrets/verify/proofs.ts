import { crc32 } from 'node:zlib';
import type { KindSpec, ProofName } from '../detectors/detector.ts';
import { basicLogin } from './basic-login.ts';
import type { Proof } from './proof.ts';
import { pickMany } from '../detectors/random.ts';
import { alternativesOf, patternOf } from '../detectors/shape.ts';
import { drawShape } from '../detectors/draw.ts';
import { isJsonObject, jsonIn, type JsonObject } from '../../model/json.ts';

export const proofs: { readonly [name in ProofName]: Proof } = {
  'crc32-base62': {
    check: (key) => (checksumOf(key) === key.slice(-6) ? 'its checksum is right' : undefined),
    forge: (key) => key.slice(0, -6) + checksumOf(key),
    spoil: (key) => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0'),
  },
  'gitlab-routable': {
    check(key) {
      const { payload, length, counted, checksum } = routableParts(key);
      if (payload.length !== Number.parseInt(length, 36)) return undefined;
      return base36(crc32(Buffer.from(counted, 'latin1')), 7) === checksum ? 'its length and checksum are right' : 'its length is right';
    },
    forge(key) {
      const { payload, counted } = routableParts(key);
      const whole = counted.slice(0, -2) + base36(payload.length, 2);
      return whole + base36(crc32(Buffer.from(whole, 'latin1')), 7);
    },
    spoil: (key) => `${key.slice(0, -9)}zz${key.slice(-7)}`,
  },
  'base64-text': {
    check: (key, spec) => {
      const text = decodedTail(key, spec);
      return decodedStart(spec).test(text) ? `it decodes to what the issuer puts into it${lifetimeIn(text)}` : undefined;
    },
    forge: (_, spec, random) =>
      firstText(spec) +
      Buffer.from(drawShape(spec.decodes ?? [], random), 'latin1')
        .toString('base64')
        .replace(/=+$/, ''),
    spoil: (key) => key.slice(0, 40) + key.slice(40).replace(/[A-Za-z]/g, rotate),
  },
  'base64-json': {
    check: (key) => claimsOf(key),
    length: signedLength,
    forge: (_, __, random) => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = { sub: pickMany('0123456789abcdef', 12, random), exp: 1_900_000_000 + Math.floor(random() * 1e8) };
      return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${pickMany(base64url, 43, random)}`;
    },
    spoil: (key) => key.replace(/^eyJ..../, 'eyJAAAA'),
  },
  'pem-der': {
    plain: (key) => bodyOf(key).toString('base64'),
    open: (random) => random.replace(withoutPassphrase, ''),
    check(key) {
      const body = bodyOf(key);
      return isDer(body) && !countsUp(body) ? 'its body is a complete DER or OpenSSH structure' : undefined;
    },
    forge: (_, __, random) => {
      const size = 600;
      const body = Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
      const der = Buffer.concat([Buffer.from([0x30, 0x82, size >> 8, size & 0xff]), body]);
      return `\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n`;
    },
    spoil: (key) => key.slice(0, 40) + key.slice(60),
  },
  'basic-login': basicLogin,
};

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base64url = `${base62}-_`;

/** GitHub and npm: the CRC-32 of the thirty characters before it, in base 62, six digits. */
function checksumOf(key: string): string {
  let rest = crc32(Buffer.from(key.slice(-36, -6), 'latin1')) >>> 0;
  let text = '';
  for (let digit = 0; digit < 6; digit++) {
    text = base62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/**
 * GitLab: prefix, payload, a version in later tokens, two digits for the payload's length, seven for the CRC-32 of all before it.
 * https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/
 */
function routableParts(key: string): {
  readonly payload: string;
  readonly length: string;
  readonly counted: string;
  readonly checksum: string;
} {
  const [head = ''] = key.split('.');
  return { payload: head.replace(/^gl[a-z]+-/, ''), length: key.slice(-9, -7), counted: key.slice(0, -7), checksum: key.slice(-7) };
}

const base36 = (value: number, digits: number): string => (value >>> 0).toString(36).padStart(digits, '0');

/** Letters thirteen places on: still base64, of something else. */
function rotate(letter: string): string {
  const first = letter <= 'Z' ? 65 : 97;
  return String.fromCharCode(first + ((letter.charCodeAt(0) - first + 13) % 26));
}

function firstText(spec: KindSpec): string {
  const first = spec.shape?.[0];
  return typeof first === 'string' ? first : '';
}

/** What stands after the shape's first text, decoded. */
function decodedTail(key: string, spec: KindSpec): string {
  return Buffer.from(key.slice(firstText(spec).length), 'base64').toString('latin1');
}

function decodedStart(spec: KindSpec): RegExp {
  return new RegExp(
    `^(?:${alternativesOf(spec.decodes ?? [])
      .map(patternOf)
      .join('|')})`,
  );
}

/** A presigned URL of AWS says when it was signed and for how many seconds it holds. */
function lifetimeIn(text: string): string {
  const [, year, month, day, hour, minute, second] = /X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(text) ?? [];
  const seconds = /X-Amz-Expires=(\d{1,7})/.exec(text)?.[1];
  const signedMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (seconds === undefined || Number.isNaN(signedMs)) return '';
  return `; it ends on ${new Date(signedMs + Number(seconds) * 1000).toISOString().slice(0, 10)}`;
}

/** RFC 7519: the header names an algorithm, the claims are an object. */
function claimsOf(key: string): string | undefined {
  const [header, claims] = key.split('.').slice(0, 2).map(decodeObject);
  if (typeof header?.['alg'] !== 'string' || claims === undefined || madeUp.test(JSON.stringify(claims))) return undefined;
  const { exp } = claims;
  if (typeof exp !== 'number' || !(exp > 0 && exp < 8e12)) return 'its header and claims decode';
  return `its header and claims decode; it ends on ${new Date(exp * 1000).toISOString().slice(0, 10)}`;
}

/** The header names the algorithm, of which most write signatures of one length. https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
function signedLength(text: string): number | undefined {
  const [header = '', claims = ''] = text.split('.', 2);
  const algorithm = decodeObject(header)?.['alg'];
  const signature = typeof algorithm === 'string' ? signatureBytes.get(algorithm) : undefined;
  return signature === undefined ? undefined : header.length + claims.length + 2 + Math.ceil((signature * 4) / 3);
}

const signatureBytes: ReadonlyMap<string, number> = new Map([
  ['HS256', 32],
  ['HS384', 48],
  ['HS512', 64],
  ['ES256', 64],
  ['ES384', 96],
  ['ES512', 132],
  ['EdDSA', 64],
]);

/** Values that stand in the claims of documentation, whatever key signed them. */
const madeUp = /"(?:1234567890|test|foo|joe|(?:john|jane) doe|[^"]{0,64}@example\.(?:com|net|org))"/i;

/** What is no JSON proves nothing. */
function decodeObject(part: string): JsonObject | undefined {
  const value = jsonIn(Buffer.from(part, 'base64url'));
  return isJsonObject(value) ? value : undefined;
}

const bodyOf = (key: string): Buffer => Buffer.from(key.replace(/\\[nr]|[^A-Za-z0-9+/=]/g, ''), 'base64');

/**
 * How every SSH key without a passphrase begins, in base64: its zeros look like a placeholder.
 * `openssh-key-v1`, cipher `none`, derivation `none` without options, one key. https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 */
const withoutPassphrase = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB';

function isDer(body: Buffer): boolean {
  if (body.subarray(0, 14).toString('latin1') === 'openssh-key-v1') return true;
  const first = body[1];
  if (body[0] !== 0x30 || first === undefined) return false;
  if (first < 0x80) return body.length === 2 + first;
  const count = first & 0x7f;
  return count <= 2 && body.length === 2 + count + body.readUIntBE(2, count);
}

/** Sixteen bytes that count upwards: a test vector, made to be recognised. */
function countsUp(body: Buffer): boolean {
  let rising = 1;
  for (let at = 1; at < body.length; at++) {
    rising = body[at] === (body[at - 1] as number) + 1 ? rising + 1 : 1;
    if (rising >= 16) return true;
  }
  return false;
}
