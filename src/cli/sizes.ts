import { UsageError } from '../model/usage-error.ts';

const units: { readonly [unit: string]: number } = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** `500MB`, `2GiB` → bytes. */
export function parseSize(text: string, flag: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)\s?([a-z]{1,3})$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN));
  if (number === '' || !(bytes > 0)) throw new UsageError(`--${flag} "${text}" is no size`, { hint: 'write for example 500MB or 2GiB' });
  return bytes;
}
