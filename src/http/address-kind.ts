import { BlockList, isIP } from 'node:net';

/** Where an address leads. `link-local` holds what only the own machine's cloud answers, its metadata above all. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'link-local' | 'reserved';

const kinds: readonly (readonly [Exclude<AddressKind, 'public'>, BlockList])[] = [
  ['loopback', listOf('127.0.0.0/8', '::1/128')],
  ['link-local', listOf('169.254.0.0/16', 'fe80::/10')],
  // RFC 1918, 6598 (also the metadata address of one cloud), 4193.
  ['private', listOf('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7')],
  // RFC 6890: "this network", protocol assignments, benchmarks, multicast, future use; IPv6 that carries IPv4 by 6to4 or Teredo.
  ['reserved', listOf('0.0.0.0/8', '192.0.0.0/24', '198.18.0.0/15', '224.0.0.0/3', '::/128', 'ff00::/8', '2002::/16', '2001::/32')],
];

/** The kind of an IP address in text form. IPv6 that holds an IPv4 address is judged by it. Throws for what is no address. */
export function addressKind(address: string): AddressKind {
  const family = isIP(address);
  if (family === 0) throw new Error(`"${address}" is no IP address`);
  return kinds.find(([, list]) => list.check(address, family === 4 ? 'ipv4' : 'ipv6'))?.[0] ?? 'public';
}

function listOf(...networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
