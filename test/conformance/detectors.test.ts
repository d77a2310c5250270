import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { validate as isValidFile } from '../../src/checks/validators/detector.generated.ts';
import type { Detector } from '../../src/secrets/detectors/compile.ts';
import { makeDetectorSet } from '../../src/secrets/detectors/detector-set.ts';
import { loadDetectorSet } from '../../src/secrets/detectors/detectors.ts';
import { readDetectorFiles } from '../../src/secrets/detectors/detectors.generated.ts';
import { counterExamplesOf, type Example, exampleInContext } from '../../src/secrets/detectors/example.ts';
import { createFinder, type Finder } from '../../src/secrets/find.ts';
import { createInspect } from '../../src/secrets/documents/inspect.ts';
import { seededRandom } from '../../src/secrets/detectors/random.ts';
import type { Span } from '../../src/secrets/verify/found.ts';

const set = await loadDetectorSet();
const { detectors } = set;
const seeds = [1, 2, 3];
let finder: Finder;

beforeAll(() => {
  finder = createFinder(set);
});

describe('detector files', () => {
  it.each(readDetectorFiles().map((file) => [file.id, file] as const))('%s follows the schema', (_, { id: __, ...file }) => {
    isValidFile(file);
    expect((isValidFile as { errors?: unknown }).errors ?? []).toEqual([]);
  });

  it('cover at least 110 issuers of AI services, and the platforms around them', () => {
    const issuers = readDetectorFiles().map(({ id }) => id);
    expect(issuers.filter((id) => !platforms.has(id)).length).toBeGreaterThanOrEqual(110);
    expect([...platforms].filter((id) => !issuers.includes(id))).toEqual([]);
  });

  it('give kinds of one shape one name to collide under', () => {
    const names = new Map<string, Set<string | undefined>>();
    for (const { alternatives, spec } of detectors) {
      if (spec.pattern !== undefined) continue; // what stands behind a name has no shape of its own
      const shape = JSON.stringify(alternatives);
      names.set(shape, (names.get(shape) ?? new Set()).add(spec.collides));
    }
    expect([...names].filter(([, collides]) => collides.size > 1)).toEqual([]);
  });
});

describe.each(detectors.map((detector) => [detector.id, detector] as const))('%s', (_, detector) => {
  const examples = seeds.map((seed) => exampleInContext(detector, seed));
  const isIrregular = detector.spec.pattern !== undefined;

  it('is found alone, at the start and at the end of a text', () => {
    for (const example of examples) expect(placesIn(textOf(example), detector)).toEqual([spanOf(example)]);
  });

  it.each(isIrregular ? wholePaddings : paddings)('is found between %j and %j', (left, right) => {
    for (const example of examples) {
      const padded = isIrregular
        ? { ...example, before: left + example.before, after: example.after + right }
        : { ...example, before: example.before + left, after: right + example.after };
      expect(placesIn(textOf(padded), detector)).toEqual([spanOf(padded)]);
    }
  });

  it('is found as bytecode and pickles hold it: its length before it, a letter behind it', () => {
    for (const example of examples) {
      if (isIrregular || example.key.length > 255) continue;
      const before = `${example.before}\u0000\u00fa${String.fromCharCode(example.key.length)}`;
      const marshalled = { ...example, before, after: detector.isFree ? '\u00e9' : 'z\u0003' };
      const isContextOnly = detector.anchors.some((anchor) => anchor.kind === 'near key');
      if (!isContextOnly) expect(placesIn(textOf(marshalled), detector)).toEqual([spanOf(marshalled)]);
    }
  });

  it('is found twice where it stands twice', () => {
    for (const example of examples) {
      const text = textOf(example);
      const second = text.length + 1;
      const { start, end } = spanOf(example);
      expect(placesIn(`${text}\n${text}`, detector)).toEqual([
        { start, end },
        { start: start + second, end: end + second },
      ]);
    }
  });

  it('is found whichever way the stream is cut', () => {
    const [example] = examples as [Example];
    const filler = fillerText(detector.id);
    const text = Buffer.from(`${filler}\n${textOf(example)}\n${filler}`, 'latin1');
    const whole = finder.find(text);
    expect(whole.map(({ start, end }) => text.subarray(start, end).toString('latin1'))).toContain(example.key);
    const first = filler.length + 1 + example.before.length;
    const edges = [
      first - 1,
      first,
      first + 1,
      first + 2,
      first + 4,
      first + 9,
      first + example.key.length - 1,
      first + example.key.length,
    ];
    for (const cut of edges) expect(finder.findIn([text.subarray(0, cut), text.subarray(cut)])).toEqual(whole);
    expect(finder.findIn(chunksOf(text, 97))).toEqual(whole);
  });

  it('is found in UTF-8 among letters of other scripts', () => {
    for (const example of examples) {
      const text = Buffer.from(`ключ “${textOf(example)}” 钥匙`, 'utf8');
      if (isIrregular) continue; // the value of an assignment ends where its line or its quotes do
      const found = finder.find(text).map(({ start, end }) => text.subarray(start, end).toString('utf8'));
      expect(found).toContain(example.key);
    }
  });

  it('is found by inspection in base64 of UTF-8 and of UTF-16', () => {
    const inspect = createInspect({ set: makeDetectorSet([detector]) });
    for (const example of examples) {
      const text = `# start\n${textOf(example)}\n`;
      const encodings = [Buffer.from(text, 'utf8'), Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from(text, 'utf16le')];
      for (const bytes of encodings) {
        const { inspected, undecodable } = inspect(bytes.toString('base64'), { encoding: 'base64' });
        expect({ undecodable, found: inspected.secrets.length }).toEqual({ undecodable: undefined, found: 1 });
      }
    }
  });

  it('is not found in its neighbours: one character less or more, a foreign one, a wrong checksum', () => {
    for (const seed of seeds) {
      const { before, after } = exampleInContext(detector, seed);
      for (const neighbour of counterExamplesOf(detector, seed)) {
        expect({ neighbour, places: ownPlacesIn(before + neighbour + after, detector) }).toEqual({ neighbour, places: [] });
      }
    }
  });

  it('shows and digests it without its value', () => {
    for (const example of examples) {
      const [match] = finder.find(bytesOf(textOf(example)));
      const shown = JSON.stringify([match?.shown, match?.why, match?.digest, match?.nickname]);
      expect(shown).not.toContain(example.key.slice(-12));
      expect(match?.digest === undefined).toBe(detector.isGuessable);
      expect(match?.digest).not.toBe(createHash('sha256').update(example.key).digest('hex'));
    }
  });

  it('takes time in proportion to hostile text', () => {
    const alone = createFinder(makeDetectorSet([detector]));
    const { key, before } = exampleInContext(detector, 1);
    for (const hostile of [key, before + key, key.slice(0, 5), key.slice(0, -1), before || key.slice(0, 3)]) {
      const bytes = bytesOf(hostile.repeat(Math.ceil(100_000 / hostile.length)));
      const start = process.cpuUsage();
      alone.find(bytes);
      expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000);
    }
  });
});

describe('all detectors together', () => {
  it('find the same in any cut of any mixture of keys and noise', () => {
    const piece = fc.oneof(
      fc
        .record({ detector: fc.constantFrom(...detectors), seed: fc.nat(1000) })
        .map(({ detector, seed }) => textOf(exampleInContext(detector, seed))),
      fc.string({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 }),
        (pieces, sizes) => {
          const bytes = bytesOf(pieces.join('\n'));
          expect(finder.findIn(cutBy(bytes, sizes))).toEqual(finder.find(bytes));
        },
      ),
      { numRuns: 40 },
    );
  });
});

const paddings: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "',"],
  [',', ','],
  ['|', '|'],
  ['| ', ' |'],
  ['<key>', '</key>'],
  ['https://host.example.net/v1?key=', '&x=1'],
  ['\\"', '\\"'],
  ['\\n', '\\n'],
  ['%3D', '%20'],
  ['\\u003d', '\\u0026'],
  ['\u001b[32m', '\u001b[0m'],
  ['\u0000', '\u0000'],
  ['\t', '\r\n'],
];

const wholePaddings: readonly (readonly [string, string])[] = [
  ['', '\n'],
  ['\n', '\r\n'],
  ['\u0000', '\u0000'],
  [' ', ' '],
];

/** Issuers whose keys open more than AI services, or none. */
const platforms: ReadonlySet<string> = new Set(
  `alibaba apify aws azure buildkite cloudflare digitalocean docker generic github gitlab grafana hashicorp-vault heroku huawei-cloud ibm-cloud jwt
  anaconda linear mongodb notion npm onepassword planetscale posthog prefect private-key pulumi pypi rubygems sendgrid sentry slack snowflake stripe supabase
  tailscale tencent-cloud vercel`.split(/\s+/),
);

const textOf = ({ before, key, after }: Example): string => before + key + after;
const spanOf = ({ before, key }: Example): Span => ({ start: before.length, end: before.length + key.length });
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Places of all matches; each must be this detector's, or that of the shape that it shares. */
function placesIn(text: string, detector: Detector): readonly object[] {
  return finder.find(bytesOf(text)).map(({ rule, start, end }) => {
    expect([detector.id, `shared.${detector.spec.collides}`]).toContain(rule);
    return { start, end };
  });
}

function ownPlacesIn(text: string, detector: Detector): readonly object[] {
  return finder.find(bytesOf(text)).flatMap(({ detector: { id }, start, end }) => (id === detector.id ? [{ start, end }] : []));
}

/** Longer than anything that is held back, and never a key. */
function fillerText(seed: string): string {
  const random = seededRandom(seed);
  return Array.from({ length: 5000 }, () => String.fromCharCode(32 + Math.floor(random() * 15))).join('');
}

const chunksOf = (bytes: Buffer, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

function cutBy(bytes: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0, n = 0; from < bytes.length; n++) {
    const size = sizes[n % sizes.length] as number;
    chunks.push(bytes.subarray(from, from + size));
    from += size;
  }
  return chunks;
}
