import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';

function screen() {
  const shown: string[] = [];
  let now = 0;
  const stderr = new Writable({
    write(chunk: Buffer, _, done) {
      shown.push(chunk.toString());
      done();
    },
  });
  return { stderr, shown, now: () => (now += 200) };
}

const images = { kind: 'images', images: 1, layers: 8, done: 2, cached: 1 } as const;

test('on a terminal a large image shows its layers, and its bytes as they come', () => {
  const { stderr, shown, now } = screen();
  const progress = createProgress(stderr, { moving: true, now });
  progress.event({ ...images, bytes: 512_000_000, ofBytes: 20_000_000_000 });
  progress.event({ ...images, bytes: 15_000_000_000, ofBytes: 20_000_000_000 });
  expect(shown.filter((text) => text.includes('layers'))).toEqual([
    '1 image: 2 of 8 layers, 1 known from before, 512.0 MB of 20.00 GB (2 %)\n',
    '1 image: 2 of 8 layers, 1 known from before, 15.00 GB of 20.00 GB (75 %)\n',
  ]);
});

test('an image without declared sizes shows what was read', () => {
  const { stderr, shown, now } = screen();
  createProgress(stderr, { moving: true, now }).event({ ...images, cached: 0, bytes: 3_000_000, ofBytes: 0 });
  expect(shown.at(-1)).toBe('1 image: 2 of 8 layers, 3.0 MB of 3.0 MB\n');
});

test('elsewhere nothing moves, and notes are lines', () => {
  const { stderr, shown, now } = screen();
  const progress = createProgress(stderr, { moving: false, now });
  progress.event({ ...images, bytes: 1, ofBytes: 2 });
  progress.note('a note');
  progress.end();
  expect(shown).toEqual(['a note\n']);
});
