interface Network {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
}

/** RFC 1918, 6598, 1122, 3927, 4193, 4291. What lies outside of these can be reached, or reach, across the internet. */
const inside = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '0.0.0.0/32',
  '::/128',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
].map((text) => parseNetwork(text) as Network);

/** True if an address is one of the internet, or a network holds one; `undefined` if the text is neither. */
export function holdsInternetAddress(text: string): boolean | undefined {
  const network = parseNetwork(text.trim());
  if (network === undefined) return undefined;
  const plain = unmapped(network);
  return !inside.some(
    (range) =>
      range.bits === plain.bits &&
      range.prefix <= plain.prefix &&
      head(plain.address, plain.bits, range.prefix) === head(range.address, range.bits, range.prefix),
  );
}

function parseNetwork(text: string): Network | undefined {
  const [host = '', length, ...more] = text.split('/');
  if (more.length > 0) return undefined;
  const bits = host.includes(':') ? 128 : 32;
  const address = bits === 32 ? parseV4(host) : parseV6(host);
  if (address === undefined) return undefined;
  if (length === undefined) return { bits, address, prefix: bits };
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  return { bits, address, prefix: Number(length) };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const low = parseV4(dotted[2] as string);
    return low === undefined ? undefined : parseV6(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const gap = 8 - left.length - right.length;
  if (halves.length === 1 ? gap !== 0 : gap < 1) return undefined;
  const groups = [...left, ...Array.from({ length: gap }, () => '0'), ...right];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** ::ffff:0:0/96 holds the addresses of IPv4. */
function unmapped(network: Network): Network {
  const mapped = network.bits === 128 && network.prefix >= 96 && network.address >> 32n === 0xffffn;
  return mapped ? { bits: 32, address: network.address & 0xffffffffn, prefix: network.prefix - 96 } : network;
}

function head(address: bigint, bits: number, prefix: number): bigint {
  return address >> BigInt(bits - prefix);
}
