import type { EncodedKind } from '../../model/byte-sink.ts';
import type { BytePattern } from '../search/automaton.ts';
import { codesOf } from '../detectors/guard.ts';

/** How a run of base64 begins that holds more than keys as they are, and a run of escapes. */
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
  head('escapes', '', ...repeated(4, ['\\', 'xX', '234567', hexadecimal])),
  head('escapes', '', ...repeated(3, ['\\', 'uU', '0', '0', '234567', hexadecimal])),
  head('escapes', '', ...repeated(4, ['%', '234567', hexadecimal])),
  head('escapes', '', ...repeated(3, ['&', '#', 'xX', '234567', hexadecimal, ';'])),
  ...pairsOf(['3456789', digits], ['1', '012', digits]).map(([one, two]) =>
    head('escapes', '', '&', '#', ...one, ';', '&', '#', ...two, ';', '&', '#'),
  ),
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
