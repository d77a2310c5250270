interface Network {
  readonly address: bigint;
  readonly prefix: number;
}

/** RFC 1918, 6598, 1122, 3927. What lies outside of these can be reached, or reach, across the internet. */
const inside4 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '0.0.0.0/32'].map(
  (text) => {
    const [host = '', prefix] = text.split('/');
    return { address: parseV4(host) as number, prefix: Number(prefix) };
  },
);

/** RFC 4193, 4291. */
const inside6 = ['::/128', '::1/128', 'fc00::/7', 'fe80::/10'].map((text): Network => {
  const [host = '', prefix] = text.split('/');
  return { address: parseV6(host) as bigint, prefix: Number(prefix) };
});

/** True if an address is one of the internet, or a network holds one; `undefined` if the text is neither. */
export function holdsInternetAddress(text: string): boolean | undefined {
  const [host = '', length, ...more] = text.trim().split('/');
  const bits = host.includes(':') ? 128 : 32;
  if (more.length > 0 || (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > bits))) return undefined;
  const prefix = length === undefined ? bits : Number(length);
  if (bits === 32) {
    const address = parseV4(host);
    return address === undefined ? undefined : isOutside4(address, prefix);
  }
  const address = parseV6(host);
  if (address === undefined) return undefined;
  // ::ffff:0:0/96 holds the addresses of IPv4.
  const isMapped = prefix >= 96 && address >> 32n === 0xffffn;
  return isMapped ? isOutside4(Number(address & 0xffffffffn), prefix - 96) : isOutside6(address, prefix);
}

function isOutside4(address: number, prefix: number): boolean {
  return !inside4.some((range) => range.prefix <= prefix && head4(address, range.prefix) === head4(range.address, range.prefix));
}

function isOutside6(address: bigint, prefix: number): boolean {
  return !inside6.some(
    (range) => range.prefix <= prefix && address >> BigInt(128 - range.prefix) === range.address >> BigInt(128 - range.prefix),
  );
}

function head4(address: number, prefix: number): number {
  return address >>> (32 - prefix);
}

function parseV4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function parseV6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const low = parseV4(dotted[2] as string);
    return low === undefined ? undefined : parseV6(`${dotted[1]}${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`);
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
