import { UsageError } from '../model/usage-error.ts';

const units: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `5m`, `90d` → milliseconds. */
export function parseDuration(text: string, flag: string): number {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text.trim());
  const unit = match?.[2] === undefined ? undefined : units[match[2]];
  if (!match || unit === undefined || Number(match[1]) === 0) {
    throw new UsageError(`--${flag} "${text}" is no duration`, { hint: 'write for example 30s, 5m or 90d' });
  }
  return Number(match[1]) * unit;
}
