import { expect, test } from 'vitest';
import { createPathSet } from '../../../src/images/layer/path-set.ts';
import type { LayerReport } from '../../../src/images/layer/layer-pass.ts';
import { visibilityOf } from '../../../src/scan/images/visible-in-image.ts';

test('a file is gone when a later layer removes it, empties its directory, or puts something else in its place', () => {
  const rows: readonly (readonly [Partial<LayerReport> & { readonly paths?: readonly string[] }, string])[] = [
    [{}, 'final'],
    [{ paths: ['app/keys', 'app/', 'app/key/x/', 'other'] }, 'final'],
    [{ whiteouts: ['app/key'] }, 'deleted'],
    [{ whiteouts: ['app'] }, 'deleted'],
    [{ opaque: ['app'] }, 'deleted'],
    [{ opaque: [''] }, 'deleted'],
    [{ opaque: ['app/key/x'] }, 'final'],
    [{ paths: ['app/key'] }, 'deleted'],
    [{ paths: ['app/key/'] }, 'deleted'],
    [{ paths: ['app'] }, 'deleted'],
  ];
  const seen = rows.map(([later]) => visibilityOf([layer({}), layer({}), layer(later)])(0, 'app/key!/inner'));
  expect(seen).toEqual(rows.map(([, state]) => state));
});

test('what a file does is not undone by its own layer or an earlier one', () => {
  const visible = visibilityOf([layer({ whiteouts: ['a'] }), layer({ whiteouts: ['a'], paths: ['a'] }), layer({})]);
  expect(visible(1, 'a')).toBe('final');
});

test('a file stays visible under the name of a hard link', () => {
  const first = layer({ hardLinks: [{ path: 'b', target: 'a' }] });
  expect(visibilityOf([first, layer({ whiteouts: ['a'] })])(0, 'a')).toBe('final');
  expect(visibilityOf([first, layer({ whiteouts: ['a', 'b'] })])(0, 'a')).toBe('deleted');
});

test('a file stays visible under the name of a hard link that a later layer makes', () => {
  const linking = layer({ hardLinks: [{ path: 'b', target: 'a' }], paths: ['b'] });
  expect(visibilityOf([layer({}), linking, layer({ whiteouts: ['a'] })])(0, 'a')).toBe('final');
  expect(visibilityOf([layer({}), linking, layer({ whiteouts: ['a', 'b'] })])(0, 'a')).toBe('deleted');
  expect(visibilityOf([linking, layer({}), layer({ whiteouts: ['a'] })])(1, 'a')).toBe('deleted');
});

test('what a later layer removes through a link to a directory cannot be told: runtimes differ', () => {
  const linked = layer({ folderLinks: [{ path: 'lib', target: 'usr/lib' }] });
  expect(visibilityOf([linked, layer({ whiteouts: ['lib/app/key'] })])(0, 'usr/lib/app/key')).toBe('unknown');
  expect(visibilityOf([linked, layer({ opaque: ['lib/app'] })])(0, 'usr/lib/app/key')).toBe('unknown');
  expect(visibilityOf([linked, layer({}), layer({ paths: ['usr/lib/key'] })])(1, 'lib/key')).toBe('unknown');
  expect(visibilityOf([linked, layer({ whiteouts: ['lib/other'] })])(0, 'usr/lib/app/key')).toBe('final');
  expect(visibilityOf([linked, layer({ whiteouts: ['usr/lib/app/key'] })])(0, 'usr/lib/app/key')).toBe('deleted');
});

test('below a layer that was not read it cannot be told, unless another one surely removed it', () => {
  expect(visibilityOf([layer({}), undefined])(0, 'a')).toBe('unknown');
  expect(visibilityOf([layer({}), undefined, layer({ paths: ['a'] })])(0, 'a')).toBe('deleted');
  expect(visibilityOf([layer({}), layer({})])(0, '')).toBe('unknown');
});

function layer({ paths = [], ...others }: Partial<LayerReport> & { readonly paths?: readonly string[] }): LayerReport {
  const written = createPathSet();
  for (const [n, path] of paths.entries()) written.add(path, n);
  return {
    digest: 'sha256:0',
    compressedBytes: 0,
    uncompressedBytes: 0,
    matches: [],
    whiteouts: [],
    opaque: [],
    components: [],
    gaps: [],
    limits: [],
    written: written.marks(),
    ...others,
  };
}
