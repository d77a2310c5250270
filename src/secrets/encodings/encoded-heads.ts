import type { EncodedKind } from '../../model/byte-sink.ts';
import type { BytePattern } from '../search/automaton.ts';
import { codesOf } from '../detectors/guard.ts';

/** How a run of base64 begins that holds more than keys as they are; and runs of escapes, lists of numbers and dumps. */
export interface EncodedHead {
  readonly kind: EncodedKind;
  readonly bytes: BytePattern;
}

const head = (kind: EncodedKind, text: string, ...further: readonly string[]): EncodedHead => ({
  kind,
  bytes: [...text.split('').map(codesOf), ...further.map(codesOf)],
});

/** The name of a registry's logins, or the first of its hosts, as JSON is written: in one line, by tabs, by two blanks or by four. */
const dockerConfigs = ['{"auths"', '{ "auths"', '{\n\t"auths"', '{\n  "auths"', '{\n    "auths"', '{"https://', '{\n\t"https://'];

/** What is known of base64 for whole groups of three bytes; the rest depends on what follows. */
const base64Of = (text: string): string => Buffer.from(text.slice(0, Math.floor(text.length / 3) * 3)).toString('base64');

const digits = '0123456789';
const hexadecimal = `${digits}abcdefABCDEF`;
const octal = '01234567';
const zeroX = ['0', 'xX', '234567', hexadecimal];

/** In an order that never depends on detectors: the last patterns of a net are these. */
export const encodedHeads: readonly EncodedHead[] = [
  // Magic, method and the first bits of the flags.
  head('gzip in base64', 'H4sI', 'ABCDEFGH'),
  head('gzip in base64, twice', 'SDRzSU'),
  // A window of 32 KiB at the usual level.
  head('zlib in base64', 'eJ', 'wxyz'),
  // What it takes to unpack the first file: version 1.0, 2.0 or 4.5.
  head('zip in base64', 'UEsDB', 'ABC'),
  head('zstd in base64', 'KLUv/'),
  head('xz in base64', '/Td6WFoA'),
  // Blocks of 900 KB, which nobody changes.
  head('bzip2 in base64', 'QlpoOTFBWSZT'),
  ...dockerConfigs.map((text) => head('base64', base64Of(text))),
  // Printable characters, one behind the other.
  ...[['\\'], ['\\', '\\']].flatMap((slash) => [
    head('escapes', '', ...repeated(slash.length > 1 ? 3 : 4, [...slash, 'xX', '234567', hexadecimal])),
    head('escapes', '', ...repeated(slash.length > 1 ? 2 : 3, [...slash, 'uU', '0', '0', '234567', hexadecimal])),
    head('escapes', '', ...slash, '01', octal, octal, ...slash, '01', octal, octal, ...slash),
    head('escapes', '', ...slash, '01', octal, octal, ...slash, '4567', octal, ...slash),
    head('escapes', '', ...slash, '4567', octal, ...slash, '014567', octal),
    head('escapes', '', ...slash, '0', '01', octal, octal, ...slash, '0', '01', octal, octal),
  ]),
  head('escapes', '', ...repeated(2, ['\\', 'u', '{', '234567', hexadecimal, '}'])),
  head('escapes', '', ...'\\U000000'.split(''), '234567', hexadecimal, '\\', 'U'),
  head('escapes', '', ...repeated(2, ['%', 'uU', '0', '0', '234567', hexadecimal])),
  head('escapes', '', ...repeated(4, ['%', '234567', hexadecimal])),
  head('escapes', '', ...repeated(3, ['&', '#', 'xX', '234567', hexadecimal, ';'])),
  ...pairsOf(['3456789', digits], ['1', '012', digits]).map(([one, two]) =>
    head('escapes', '', '&', '#', ...one, ';', '&', '#', ...two, ';', '&', '#'),
  ),
  // Lists on one line, and over lines that are indented as formatters do.
  ...[[','], [',', ' ']].flatMap((comma) => [
    ...pairsOf(['3456789', digits], ['1', '012', digits]).map(([one, two]) =>
      head('list of numbers', '', '[({', ...one, ...comma, ...two, ','),
    ),
    head('list of numbers', '', '[({', ...zeroX, ...comma, ...zeroX, ','),
  ]),
  ...[' ', '  ', '    ', '      ', '        ', '          ', '            ', '\t', '\t\t', '\t\t\t'].map((indent) =>
    head('list of numbers', '', '[({', '\n', ...indent.split(''), digits, `${digits}xX`),
  ),
  ...['00000000: ', '00000000  ', '0x0000:  ', '0000 - '].map((text) => head('dump', text, hexadecimal, hexadecimal)),
];

function repeated(times: number, characters: readonly string[]): readonly string[] {
  return Array.from({ length: times }, () => characters).flat();
}

/** Each with itself and with the other. */
function pairsOf<T>(one: T, other: T): readonly (readonly [T, T])[] {
  return [
    [one, one],
    [one, other],
    [other, one],
    [other, other],
  ];
}
