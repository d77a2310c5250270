import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { StreamMatch } from '../../../src/model/byte-sink.ts';
import { prepareByteSinks } from '../../../src/secrets/byte-sink.ts';
import type { Detector } from '../../../src/secrets/detectors/compile.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { createRedactor } from '../../../src/secrets/redact.ts';
import { everyPattern } from '../../support/every-pattern.ts';
import { goTable, rustTable, type StringTable } from '../../support/string-tables.ts';

const set = await loadDetectorSet();
const { detectors } = set;
const redactor = createRedactor();
const kernel = prepareByteSinks({ set, redactor, engine: 'wasm' });
const automaton = prepareByteSinks({ set, redactor, engine: 'automaton' });

/** Kinds that are told by themselves, without a word beside them. */
const kinds = detectors.filter(
  ({ spec, anchors }) =>
    spec.pattern === undefined &&
    (spec.context === undefined || spec.alone !== undefined) &&
    anchors.every(({ kind }) => kind === 'in key'),
);
const endsByShape = ({ anchors }: Detector): boolean => anchors.every((anchor) => anchor.kind === 'in key' && anchor.hasEnd);
const seeds = [1, 2, 3];
const tables: readonly (readonly [string, typeof goTable])[] = [
  ['Go', goTable],
  ['Rust', rustTable],
];

describe.each(tables)('in a string table as %s writes it', (_, tableOf) => {
  it('every kind of one length is found, to the letter', () => {
    const missed = kinds.filter(endsByShape).flatMap((detector) =>
      seeds.flatMap((seed) => {
        const key = exampleOf(detectors, detector.id, seed);
        const { bytes, start } = tableOf(key, `${detector.id} ${seed}`);
        const found = specific(search(bytes)).map((match) => ({ ...match, isIt: isOf(detector, match) }));
        // A letter before it may make another prefix of it: `c` and `sk-`.
        const isLonger = found.some(({ startByte, endByte }) => startByte < start && endByte === start + key.length);
        const isExact = found.some(
          ({ isIt, startByte, endByte, digest }) =>
            isIt && startByte === start && endByte === start + key.length && (digest === undefined || digest === redactor.digest(key)),
        );
        return (isExact || isLonger) && found.length === 1 ? [] : [`${detector.id} ${seed}: ${found.map(({ detector: id }) => id).join()}`];
      }),
    );
    expect(missed).toEqual([]);
  });

  it('every other kind is found where it begins, and what is said of it holds for no certain length', () => {
    const wrong = kinds
      .filter((detector) => !endsByShape(detector))
      .flatMap((detector) =>
        seeds.flatMap((seed) => {
          const key = exampleOf(detectors, detector.id, seed);
          const { bytes, start } = tableOf(key, `${detector.id} ${seed}`);
          const match = search(bytes).find((one) => one.startByte === start && isOf(detector, one));
          const isTrue = match !== undefined && (match.digest === undefined || match.digest === redactor.digest(key));
          return isTrue && match.confidence !== 'certain' ? [] : [`${detector.id} ${seed} ${match?.why}`];
        }),
      );
    expect(wrong).toEqual([]);
  });

  it('nothing is found where there is no key', () => {
    for (let seed = 0; seed < 40; seed++) expect(specific(search(tableOf('no key', `quiet ${seed}`).bytes))).toEqual([]);
  });
});

describe('what touches its neighbours', () => {
  const key = exampleOf(detectors, 'huggingface.access-token', 7);
  const text = (before: string, behind: string): Buffer => Buffer.from(`${before}${key}${behind}`);

  it('is a key in a program alone: in a text a longer run is none', () => {
    const bytes = text('runtime error', 'invalid memory');
    expect(search(bytes).map(({ detector }) => detector)).toEqual(['huggingface.access-token']);
    expect(run(kernel(), bytes, { programs: [] })).toEqual([]);
  });

  it('is told by where programs stand in the stream, and by how far', () => {
    const line = text(' runtime', 'error ');
    const bytes = Buffer.concat([line, line, line]);
    const programs = [[line.length, 2 * line.length]] as const;
    expect(run(kernel(), bytes, { programs }).map(({ startByte }) => startByte)).toEqual([line.length + 8]);
  });

  it('is said to be so', () => {
    const [match] = search(text('runtime', 'error'));
    expect(match).toMatchObject({
      confidence: 'likely',
      why: 'length and alphabet are right; other strings of a program touch it, and nothing proves that it ends there',
    });
  });

  it('is certain where a checksum proves it', () => {
    const token = exampleOf(detectors, 'github.token', 7);
    const [match] = search(Buffer.from(`runtime${token}error`));
    expect(match).toMatchObject({ detector: 'github.token', confidence: 'certain', digest: redactor.digest(token) });
    expect(match?.why).toBe('length and alphabet are right; its checksum is right; other strings of a program touch it');
  });

  it('is no key where its checksum is wrong', () => {
    const token = exampleOf(detectors, 'github.token', 7);
    const wrong = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    expect(search(Buffer.from(`runtime${wrong}error`))).toEqual([]);
  });

  it('has the length that it says itself: a JWT by its algorithm', () => {
    const token = exampleOf(detectors, 'jwt.token', 7);
    const [match] = search(Buffer.from(`runtime${token}error`));
    expect(match).toMatchObject({ detector: 'jwt.token', startByte: 7, endByte: 7 + token.length, digest: redactor.digest(token) });
  });

  it('shows no letter of an end that is not known, and has no digest', () => {
    const token = exampleOf(detectors, 'anthropic.oauth-access-token', 7);
    const [match] = search(Buffer.from(`runtime${token}error and more`));
    expect(match).toMatchObject({ detector: 'anthropic.oauth-access-token', shown: 'sk-ant-oat****', confidence: 'possible' });
    expect(match?.why).toContain('it stands in a program, where nothing shows its end');
    expect(match && 'digest' in match).toBe(false);
  });

  it('has an end where the string has: before a zero, as in C', () => {
    const token = exampleOf(detectors, 'anthropic.oauth-access-token', 7);
    const [match] = search(Buffer.from(`runtime\0${token}\0error`));
    expect(match).toMatchObject({ confidence: 'likely', digest: redactor.digest(token) });
  });

  it('is none where its end, or all of it, is words', () => {
    const words = 'hf_invalidMemoryAddressOrNilPointerDereferenceInRuntime';
    const half = `${key.slice(0, 18)}InvalidMemoryAddressOrNilPointer`;
    for (const one of [words, half]) expect(search(Buffer.from(`runtime${one}error`))).toEqual([]);
  });

  it('is none where hexadecimal digits go on, nor in the midst of base64', () => {
    const hex = exampleOf(detectors, 'retell.api-key', 7);
    expect(search(Buffer.from(`runtime${hex}0123abcd4567error`))).toEqual([]);
    const id = exampleOf(detectors, 'aws.access-key', 7);
    const noise = gzipSync(readFileSync(new URL(import.meta.url))).toString('base64');
    expect(search(Buffer.from(`${noise.slice(0, 60)}${id}${noise.slice(60, 120)}`))).toEqual([]);
    expect(search(Buffer.from(`runtime${id}${noise.slice(0, 40)}`)).length).toBe(1);
  });
});

it('both engines and the comparison of every pattern find the same in programs, in any cut', () => {
  const bytes = Buffer.concat(kinds.flatMap(({ id }, n) => [goTable(exampleOf(detectors, id, n), id).bytes, Buffer.alloc(n % 7)]));
  const programs = [[1000, bytes.length - 9000]] as const;
  const all = run(everyPattern(set, redactor)(), bytes, { programs });
  expect(all.length).toBeGreaterThan(kinds.length / 2);
  for (const size of [70_001, 999_999]) expect(run(kernel(), bytes, { programs, size })).toEqual(all);
  expect(run(automaton(), bytes, { programs, size: 33_333 })).toEqual(all);
}, 120_000);

it('two beginnings in the midst of base64 are none, also where they are as far apart as two keys', () => {
  const noise = gzipSync(readFileSync(new URL(import.meta.url)))
    .toString('base64')
    .replaceAll(/[+/=]/g, 'x');
  const bytes = Buffer.from(`${noise.slice(0, 1000)}AKID${noise.slice(1000, 1032)}AKID${noise.slice(1032, 2000)}`, 'latin1');
  expect(search(bytes).filter(({ detector }) => detector === 'tencent-cloud.secret-id')).toEqual([]);
});

it.skipIf(!existsSync(process.execPath))('Node itself, a program of a hundred megabytes with base64 in it, holds no key', () => {
  expect(search(readFileSync(process.execPath))).toEqual([]);
});

it('text of a program that is full of beginnings takes time in proportion', () => {
  for (const { id } of kinds.filter((_, at) => at % 5 === 0)) {
    const start = exampleOf(detectors, id, 1);
    for (const part of [start.slice(0, 8), start.slice(0, -1), start]) {
      const begun = process.cpuUsage();
      search(Buffer.from(part.repeat(Math.ceil(60_000 / part.length)), 'latin1'));
      expect(process.cpuUsage(begun).user / 1000, `${id} ${part.length}`).toBeLessThan(1500);
    }
  }
}, 240_000);

/** Names that promise a secret stand in any table. */
const specific = (matches: readonly StreamMatch[]): readonly StreamMatch[] =>
  matches.filter(({ detector }) => !detector.startsWith('generic.'));

const isOf = ({ id, spec }: Detector, { detector }: StreamMatch): boolean => detector === id || detector === `shared.${spec.collides}`;

const search = (bytes: StringTable['bytes']): readonly StreamMatch[] => run(kernel(), bytes, { programs: [[0, Infinity]] });

interface Told {
  readonly programs: readonly (readonly [from: number, to: number])[];
  readonly size?: number;
}

function run(
  sink: Pick<ReturnType<typeof kernel>, 'room' | 'commit' | 'program' | 'take' | 'end'>,
  bytes: Buffer,
  { programs, size = Infinity }: Told,
) {
  for (const [from, to] of programs) sink.program(from, to);
  const found: StreamMatch[] = [];
  for (let from = 0; from < bytes.length; ) {
    const room = sink.room();
    const count = bytes.copy(room, 0, from, Math.min(bytes.length, from + Math.min(room.length, size)));
    sink.commit(count);
    from += count;
    found.push(...sink.take());
  }
  return [...found, ...sink.end()];
}
