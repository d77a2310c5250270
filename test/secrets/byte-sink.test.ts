import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ByteSink, StreamMatch } from '../../src/model/byte-sink.ts';
import { prepareByteSinks } from '../../src/secrets/byte-sink.ts';
import type { Detector } from '../../src/secrets/detectors/compile.ts';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { exampleInContext, exampleOf } from '../../src/secrets/detectors/example.ts';
import { excerptsOf } from '../../src/secrets/excerpt.ts';
import { leadsOf, type SoughtLead } from '../../src/secrets/search/lead.ts';
import { createLook } from '../../src/secrets/verify/look.ts';
import { seededRandom } from '../../src/secrets/detectors/random.ts';
import { createRedactor } from '../../src/secrets/redact.ts';
import { createSettlement } from '../../src/secrets/verify/settle.ts';
import { everyPattern } from '../support/every-pattern.ts';

const set = await loadDetectorSet();
const { detectors } = set;
const redactor = createRedactor();
const leads = leadsOf(detectors, { utf16: true, base64: true });
const kernel = prepareByteSinks({ set, redactor, engine: 'wasm' });
const automaton = prepareByteSinks({ set, redactor, engine: 'automaton' });

/** Longer than anything that is held back, and never a key. */
const filler = (length: number, seed = 'filler'): Buffer => {
  const random = seededRandom(seed);
  return Buffer.from(Array.from({ length }, () => 32 + Math.floor(random() * 15)));
};

describe('a byte sink', () => {
  it('searches by the kernel where there is SIMD, and without it if asked to', () => {
    expect([kernel().engine, automaton().engine]).toEqual(['wasm', 'automaton']);
  });

  it('finds by either engine what a comparison of every pattern at every byte finds, in any cut of any mixture', () => {
    const text = fc
      .record({ detector: fc.constantFrom(...detectors), seed: fc.nat(500) })
      .map(({ detector, seed }) => example(detector, seed));
    const anchor = fc.constantFrom(...leads).map(({ bytes }) => Buffer.from(bytes.map((set) => set[0] as number)));
    const piece = fc.oneof(
      text.map((key) => Buffer.from(key, 'latin1')),
      text.map((key) => Buffer.from(key, 'utf16le')),
      text.map((key) => Buffer.from(key, 'utf16le').swap16()),
      fc
        .tuple(fc.string({ maxLength: 5 }), text)
        .map(([before, key]) => Buffer.from(Buffer.from(before + key, 'latin1').toString('base64'))),
      text.map((key) => Buffer.from(wrapped(Buffer.from(key, 'latin1').toString('base64')))),
      text.map((key) => Buffer.from(wrapped(Buffer.from(key, 'latin1').toString('hex')))),
      fc
        .tuple(text, fc.nat(60), fc.constantFrom('" + "', '\\\n  ', '=\n'))
        .map(([key, at, joint]) => Buffer.from(key.slice(0, at) + joint + key.slice(at), 'latin1')),
      text.map((key) => Buffer.from(encodeURIComponent(key), 'latin1')),
      text.map((key) =>
        Buffer.from(
          key.replaceAll('/', '\\/').replace(/[+=]/g, (sign) => `\\u00${sign === '+' ? '2B' : '3d'}`),
          'latin1',
        ),
      ),
      anchor,
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.nat(3).map((size) => filler(size * 9000)),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(piece, fc.constantFrom('', ' ', '\n', '"', '\0', '\\n')), { maxLength: 24 }),
        fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 8 }),
        (pieces, sizes) => {
          const bytes = Buffer.concat(pieces.flatMap(([part, between]) => [part, Buffer.from(between)]));
          const all = bruteForce(bytes);
          expect(run(kernel(), bytes, sizes)).toEqual(all);
          expect(run(automaton(), bytes, sizes)).toEqual(all);
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it('finds by either engine the same in what is installed here, packed keys strewn in', () => {
    const strewn = detectors.flatMap((detector, n) => {
      const text = Buffer.from(` ${example(detector, n)}\n`, 'latin1');
      return n % 3 === 0
        ? [text]
        : n % 3 === 1
          ? [Buffer.from(text.toString('base64'))]
          : [Buffer.from(text.toString('latin1'), 'utf16le')];
    });
    const files = [
      'node_modules/fast-check/lib/fast-check.js',
      'node_modules/typescript/package.json',
      'package-lock.json',
      process.execPath,
    ];
    const bytes = Buffer.concat(
      files.flatMap((file, n) => [
        ...(existsSync(file) ? [readFileSync(file).subarray(0, 600_000)] : []),
        ...strewn.filter((_, at) => at % files.length === n),
      ]),
    );
    const all = run(everyPattern(set, redactor)(), bytes, [200_000]);
    expect(all.length).toBeGreaterThan(detectors.length / 2);
    expect(run(kernel(), bytes, [70_001])).toEqual(all);
    expect(run(automaton(), bytes, [33_333])).toEqual(all);
  }, 120_000);

  it('finds a key across every edge of its chunks, and says where', () => {
    const key = exampleOf(detectors, 'anthropic.api-key', 1);
    const sink = kernel();
    const chunk = sink.room().length;
    for (const start of [
      0,
      1,
      chunk - 200,
      chunk - key.length,
      chunk - key.length + 1,
      chunk - 5,
      chunk - 1,
      chunk,
      chunk + 1,
      2 * chunk - 7,
    ]) {
      const bytes = Buffer.concat([filler(start), Buffer.from(key), filler(chunk)]);
      expect(places(run(kernel(), bytes, [chunk]))).toEqual([['anthropic.api-key', start, start + key.length, undefined]]);
    }
  });

  it('hands out each match once, before the stream ends, and keeps its memory', () => {
    const key = exampleOf(detectors, 'groq.api-key', 1);
    const sink = kernel();
    const memory = sink.room().buffer;
    let early = 0;
    for (let part = 0; part < 40; part++) {
      early += write(sink, Buffer.concat([Buffer.from(`"${key}"`), filler(100_000)]), [65_536]).length + sink.take().length;
      expect(sink.room().buffer).toBe(memory);
      expect(sink.room().length).toBeGreaterThanOrEqual(65_536);
    }
    expect(early).toBeGreaterThan(30);
    expect(early + sink.end().length).toBe(40);
  });

  it('says nothing of the value', () => {
    const key = exampleOf(detectors, 'openai.project-key', 1);
    const [match] = run(kernel(), Buffer.from(`OPENAI_API_KEY=${key}`), [9]);
    expect(match?.detector).toBe('openai.project-key');
    expect(JSON.stringify(match)).not.toContain(key.slice(-12));
  });

  it('gives both digests where the user has a key of their own', () => {
    const bytes = Buffer.from(exampleOf(detectors, 'groq.api-key', 1));
    const [own] = run(prepareByteSinks({ set, redactor: createRedactor('mine'), engine: 'wasm' })(), bytes, [9]);
    const [open] = run(kernel(), bytes, [9]);
    expect(own?.publicDigest).toBe(open?.digest);
    expect([own?.digest === open?.digest, open?.publicDigest]).toEqual([false, undefined]);
  });
});

describe('packed keys', () => {
  const fixed = detectors.filter(({ anchors }) => anchors.some(({ kind }) => kind === 'in key'));

  it('are found in UTF-16 of either byte order', () => {
    const missed = fixed.filter((detector) => {
      const text = `name = "${example(detector, 1)}" and more`;
      const little = run(kernel(), Buffer.from(text, 'utf16le'), [99]);
      const big = run(kernel(), Buffer.from(text, 'utf16le').swap16(), [99]);
      return !isFound(little, detector, 'utf-16le') || !isFound(big, detector, 'utf-16be');
    });
    expect(missed.map(({ id }) => id)).toEqual([]);
  });

  it('are found in base64, at each of its three alignments, alone and in a longer text', () => {
    const missed = fixed.flatMap((detector) =>
      ['', 'x=', 'ab=', 'abc ='].flatMap((before) => {
        const bytes = Buffer.from(`{"data":"${Buffer.from(`${before}${example(detector, 2)}`).toString('base64')}"}`);
        return isFound(run(kernel(), bytes, [99]), detector, 'base64') ? [] : [`${detector.id} after "${before}"`];
      }),
    );
    expect(missed).toEqual([]);
  });

  it('are placed at the characters that hold them', () => {
    const key = exampleOf(detectors, 'anthropic.api-key', 3);
    for (const before of ['', 'a', 'ab', 'abc']) {
      const packed = Buffer.from(`${before} ${key} rest`).toString('base64');
      const bytes = Buffer.from(`TOKEN: ${packed}\n`);
      const [match] = run(kernel(), bytes, [50]);
      const held = Buffer.from(packed, 'base64').indexOf(key);
      const first = 7 + Math.floor((held * 4) / 3);
      const last = 7 + Math.floor(((held + key.length - 1) * 4) / 3) + 2;
      expect([match?.startByte, match?.endByte, match?.packed]).toEqual([first, last, 'base64']);
    }
    const wide = Buffer.from(`key: ${key}`, 'utf16le');
    expect(places(run(kernel(), wide, [50]))).toEqual([['anthropic.api-key', 10, 10 + 2 * key.length, 'utf-16le']]);
  });

  it('have the name before their run as context: a value of a Kubernetes secret', () => {
    const key = exampleOf(detectors, 'deepseek.api-key', 1);
    const manifest = `data:\n  DEEPSEEK_API_KEY: ${Buffer.from(key).toString('base64')}\n`;
    expect(run(kernel(), Buffer.from(manifest), [50]).map(({ detector }) => detector)).toEqual(['deepseek.api-key']);
  });

  it('are left alone where their pass is off', () => {
    const key = exampleOf(detectors, 'anthropic.api-key', 1);
    const bytes = Buffer.concat([Buffer.from(Buffer.from(key).toString('base64')), Buffer.alloc(40), Buffer.from(`"${key}"`, 'utf16le')]);
    const packings = (passes: object): unknown =>
      run(prepareByteSinks({ set, redactor, engine: 'wasm', passes })(), bytes, [50]).map(({ packed }) => packed);
    expect(packings({})).toEqual(['base64', 'utf-16le']);
    expect(packings({ utf16: false })).toEqual(['base64']);
    expect(packings({ base64: false })).toEqual(['utf-16le']);
    expect(packings({ base64: false, utf16: false })).toEqual([]);
  });
});

describe('hostile bytes', () => {
  it('take time in proportion to their length, whichever anchor they repeat', () => {
    const worst = { ms: 0, of: '' };
    for (const lead of leads.filter((_, at) => at % 31 === 0)) {
      const anchor = Buffer.from(lead.bytes.map((set) => set[0] as number));
      const bytes = Buffer.concat(Array.from({ length: Math.ceil(100_000 / anchor.length) }, () => anchor));
      const start = process.cpuUsage();
      run(kernel(), bytes, [65_536]);
      const ms = process.cpuUsage(start).user / 1000;
      if (ms > worst.ms) Object.assign(worst, { ms, of: `${lead.detector.id} ${lead.packing} ${anchor.toString('latin1')}` });
    }
    expect(worst.ms, worst.of).toBeLessThan(1000);
  }, 120_000);
});

function example(detector: Detector, seed: number): string {
  const { before, key, after } = exampleInContext(detector, seed);
  return before + key + after;
}

const wrapped = (base64: string): string => base64.replace(/.{76}/g, '$&\n  ');

const places = (matches: readonly StreamMatch[]): unknown =>
  matches.map(({ detector, startByte, endByte, packed }) => [detector, startByte, endByte, packed]);

const isFound = (matches: readonly StreamMatch[], { id, spec }: Detector, packing: string): boolean =>
  matches.some(({ detector, packed }) => packed === packing && (detector === id || detector === `shared.${spec.collides}`));

function write(sink: Searching, bytes: Buffer, sizes: readonly number[]): readonly StreamMatch[] {
  const found: StreamMatch[] = [];
  for (let from = 0, n = 0; from < bytes.length; n++) {
    const room = sink.room();
    const count = bytes.copy(room, 0, from, from + Math.min(room.length, sizes[n % sizes.length] as number));
    sink.commit(count);
    from += count;
    if (n % 3 === 0) found.push(...sink.take());
  }
  return found;
}

type Searching = Pick<ByteSink, 'room' | 'commit' | 'take' | 'end'>;

function run(sink: Searching, bytes: Buffer, sizes: readonly number[]): readonly StreamMatch[] {
  return [...write(sink, bytes, sizes), ...sink.end()];
}

/** Every pattern of every detector compared at every byte, no guard asked, everything in memory. */
function bruteForce(bytes: Buffer): readonly StreamMatch[] {
  const look = createLook(redactor);
  const settlement = createSettlement(detectors);
  const excerpts = excerptsOf(
    bytes,
    () => 0,
    () => bytes.length,
  );
  for (let at = 0; at < bytes.length; at++) {
    for (const lead of byFirst[bytes[at] as number] ?? []) {
      if (!lead.bytes.every((set, k) => set.includes(bytes[at + k] ?? -1))) continue;
      if (lead.packing === 'utf-16' && !hasWideBlock(bytes, at)) continue;
      settlement.add(look(lead, at, { base: 0, bytes, excerpts }));
    }
  }
  return settlement.before(Infinity).map(({ rule, issuers, start, end, shown, digest, confidence, why, packed }) => ({
    detector: rule,
    issuerCandidates: issuers,
    startByte: start,
    endByte: end,
    shown,
    ...(digest !== undefined && { digest }),
    confidence,
    why,
    ...(packed !== undefined && { packed }),
  }));
}

const byFirst: readonly (readonly SoughtLead[])[] = Array.from({ length: 256 }, (_, byte) =>
  leads.filter(({ bytes: [first = []] }) => first.includes(byte)),
);

/** Sixteen aligned bytes of UTF-16 within 1024 bytes. */
function hasWideBlock(bytes: Buffer, at: number): boolean {
  for (let block = Math.max(0, (at - 1040) & -16); block <= Math.min(bytes.length - 16, at + 1024); block += 16) {
    if (block + 16 + 1024 <= at || block - 1024 > at) continue;
    const text = bytes.toString('latin1', block, block + 16);
    // oxlint-disable-next-line no-control-regex -- zeros are what UTF-16 is told by
    if (/^(?:[\u0001-\u007f]\0){8}$|^(?:\0[\u0001-\u007f]){8}$/.test(text)) return true;
  }
  return false;
}
