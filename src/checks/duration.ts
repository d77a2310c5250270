const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/** Milliseconds of `90d`, `12h`, `30m`, `45s`, and of `-30d`, which lies ahead; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const found = /^(-?\d{1,9})([dhms])$/.exec(text);
  if (found === null) return undefined;
  return Number(found[1]) * units[found[2] as keyof typeof units];
}

/** Milliseconds since 1970 of what vendors send as a date: ISO 8601 (also without seconds), or epoch seconds or milliseconds. */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? (Math.abs(value) < 1e11 ? value * 1000 : value) : undefined;
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined;
  // A date and time without a zone would be read in the zone of this machine; vendors mean UTC.
  const joined = value.replace(/^(\d{4}-\d{2}-\d{2}) (?=\d{2}:)/, '$1T');
  const zoned = /T/.test(joined) && !/(Z|[+-]\d{2}:?\d{2})$/i.test(joined) ? `${joined}Z` : joined;
  const instant = Date.parse(zoned);
  return Number.isNaN(instant) ? undefined : instant;
}
