import { expect, test } from 'vitest';
import { addressKind } from '../../src/http/address-kind.ts';

/** The first and the last address of a network, and the neighbours outside. Nothing here is ever connected to. */
function bounds(base: readonly number[], prefix: number): { readonly inside: readonly string[]; readonly outside: readonly string[] } {
  const first = base.reduce((sum, part) => sum * 256 + part, 0);
  const last = first + 2 ** (32 - prefix) - 1;
  const text = (value: number) => [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');
  return { inside: [text(first), text(last)], outside: [text(first - 1), text(last + 1)] };
}

test.each([
  ['private', [10, 0, 0, 0], 8],
  ['private', [172, 16, 0, 0], 12],
  ['private', [192, 168, 0, 0], 16],
  ['private', [100, 64, 0, 0], 10],
  ['link-local', [169, 254, 0, 0], 16],
  ['loopback', [127, 0, 0, 0], 8],
] as const)('the bounds of a %s network of IPv4 are known, also inside IPv6', (kind, base, prefix) => {
  const { inside, outside } = bounds(base, prefix);
  expect(inside.map(addressKind)).toEqual([kind, kind]);
  for (const around of ['::ffff:', '64:ff9b::', '::'])
    expect(inside.map((address) => addressKind(`${around}${address}`))).toEqual([kind, kind]);
  expect(outside.map(addressKind)).toEqual(['public', 'public']);
});

test.each([
  ['::1', 'loopback'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['fd00::1', 'private'],
  ['fec0::1', 'private'],
  ['64:ff9b::203.0.113.7', 'public'],
  ['64:ff9b:1::1', 'private'],
  ['::', 'reserved'],
  ['0.0.0.0', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['2001:db8::1', 'public'],
  ['203.0.113.7', 'public'],
])('%s is %s', (address, kind) => {
  expect(addressKind(address)).toBe(kind);
});

test('a host name has no kind', () => {
  expect(() => addressKind('registry.example')).toThrow('"registry.example" is no IP address');
});
