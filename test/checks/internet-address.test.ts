import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holdsInternetAddress } from '../../src/checks/internet-address.ts';

it.each([
  '0.0.0.0/0',
  '::/0',
  '203.0.113.7',
  '198.51.100.0/24',
  '8.0.0.0/6',
  '10.0.0.0/7',
  '172.32.0.1',
  '100.128.0.0',
  '192.168.0.0/15',
  '2001:db8::1',
  '::ffff:203.0.113.7',
  '::ffff:0:0/95',
  'fc00::/6',
])('%s holds an address of the internet', (text) => {
  expect(holdsInternetAddress(text)).toBe(true);
});

it.each([
  '10.0.0.1',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '172.31.255.255',
  '192.168.1.0/24',
  '100.64.0.0/10',
  '127.0.0.1',
  '169.254.0.0/16',
  '::1',
  'fd00::1',
  'fe80::1/64',
  '::ffff:10.0.0.1',
  ' 10.1.2.3 ',
])('%s holds none', (text) => {
  expect(holdsInternetAddress(text)).toBe(false);
});

it.each([
  '',
  'any',
  'pl-1234',
  '10.0.0',
  '10.0.0.256',
  '10.0.0.0/33',
  '::/129',
  '1::2::3',
  '10.0.0.0/8/8',
  'fe80::1%eth0',
  '1:2:3:4:5:6:7:8:9',
])('"%s" says nothing', (text) => {
  expect(holdsInternetAddress(text)).toBeUndefined();
});

it('widening a network never takes the internet out of it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(128), fc.nat(128), (address, a, b) => {
      const bits = address.includes(':') ? 128 : 32;
      const [wide, narrow] = [Math.min(a, b) % (bits + 1), Math.max(a, b) % (bits + 1)].sort((x, y) => x - y);
      const [outer, inner] = [holdsInternetAddress(`${address}/${wide}`), holdsInternetAddress(`${address}/${narrow}`)];
      expect(inner === true && outer === false).toBe(false);
    }),
  );
});
