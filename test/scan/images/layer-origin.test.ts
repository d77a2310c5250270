import { describe, expect, test } from 'vitest';
import type { ImageManifest } from '../../../src/images/image.ts';
import { baseLayersOf, originsOf } from '../../../src/scan/images/layer-origin.ts';

const step = (createdBy: string, isEmptyLayer = false) => ({ createdBy, isEmptyLayer });

describe('what made a layer', () => {
  const history = [step('ADD rootfs'), step('CMD ["bash"]', true), step('RUN pip install vllm'), step('ENV A=1', true), step('COPY app')];

  test('is the line of its step; a base ends with the last command by default that has further layers after it', () => {
    expect(originsOf({ history }, 3)).toEqual([
      { madeBy: 'ADD rootfs', origin: 'base' },
      { madeBy: 'RUN pip install vllm', origin: 'own' },
      { madeBy: 'COPY app', origin: 'own' },
    ]);
  });

  test('is not claimed where the steps are not as many as the layers', () => {
    expect(originsOf({ history }, 4)).toEqual([{}, {}, {}, {}]);
    expect(originsOf(undefined, 2)).toEqual([{}, {}]);
  });

  test('is the base where one was found, whatever the history says', () => {
    expect(originsOf({ history }, 3, 2).map(({ origin }) => origin)).toEqual(['base', 'base', 'own']);
  });

  test("an image's own command by default, which no layer follows, ends no base", () => {
    const own = [step('ADD rootfs'), step('COPY app'), step('CMD ["serve"]', true)];
    expect(originsOf({ history: own }, 2)).toEqual([{ madeBy: 'ADD rootfs' }, { madeBy: 'COPY app' }]);
  });
});

describe('the layers of a base', () => {
  const image = (digest: string, layers: readonly string[], annotations: ImageManifest['annotations'] = {}) => ({
    digest,
    layers: layers.map((layer) => ({ digest: layer, mediaType: '' })),
    annotations,
  });
  const built = image('built', ['a', 'b', 'c']);

  test('are those of the longest other image that lies whole below it', () => {
    expect(baseLayersOf(built, [built, image('one', ['a']), image('two', ['a', 'b']), image('other', ['b'])])).toBe(2);
    expect(baseLayersOf(built, [built, image('same', ['a', 'b', 'c']), image('empty', [])])).toBeUndefined();
  });

  test('are those of the image that its annotation names, where that one was read', () => {
    const named = image('built', ['a', 'b', 'c'], { 'org.opencontainers.image.base.digest': 'one' });
    expect(baseLayersOf(named, [image('one', ['a']), image('two', ['a', 'b'])])).toBe(1);
  });
});
