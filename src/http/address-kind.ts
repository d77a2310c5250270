import { BlockList, isIP } from 'node:net';

/** Where an address leads. `link-local` holds what only the own machine's cloud answers, its metadata above all. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'link-local' | 'reserved';

const kinds: readonly (readonly [Exclude<AddressKind, 'public'>, BlockList])[] = [
  ['loopback', listOf('127.0.0.0/8', '::1/128')],
  ['link-local', listOf('169.254.0.0/16', 'fe80::/10')],
  // RFC 1918, 6598 (also the metadata address of one cloud), 4193, the site-local addresses before it, 8215.
  ['private', listOf('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10', '64:ff9b:1::/48')],
  // RFC 6890: "this network", protocol assignments, benchmarks, multicast, future use; IPv6 that carries IPv4 by 6to4 or Teredo.
  ['reserved', listOf('0.0.0.0/8', '192.0.0.0/24', '198.18.0.0/15', '224.0.0.0/3', '::/128', 'ff00::/8', '2002::/16', '2001::/32')],
];

/** The kind of an IP address in text form. IPv6 that holds an IPv4 address is judged by it. Throws for what is no address. */
export function addressKind(address: string): AddressKind {
  const family = isIP(address);
  if (family === 0) throw new Error(`"${address}" is no IP address`);
  const known = kinds.find(([, list]) => list.check(address, family === 4 ? 'ipv4' : 'ipv6'))?.[0];
  if (known !== undefined) return known;
  const inside = family === 6 ? embeddedAddress(address) : undefined;
  return inside === undefined ? 'public' : addressKind(inside);
}

/** What a translator of addresses (RFC 6052) or an old kernel (RFC 4291, 2.5.5.1) makes of it: the last 32 bits, as IPv4. */
function embeddedAddress(address: string): string | undefined {
  const url = `http://[${address}]`;
  if (!URL.canParse(url)) return undefined;
  const [, high, low] = /^\[(?:64:ff9b)?::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})\]$/.exec(new URL(url).hostname) ?? [];
  if (low === undefined) return undefined;
  const value = Number.parseInt(high ?? '0', 16) * 0x1_0000 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');
}

function listOf(...networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
