import { byCodeUnit } from '../../model/order.ts';
import { wellFormed } from './well-formed.ts';

/**
 * One line of JSON with sorted members, so that equal values give equal bytes. Halves of surrogate pairs become U+FFFD,
 * and whole numbers that a double cannot hold exactly become strings: other readers would round them differently.
 * Line and paragraph separators are escaped, because some readers of lines break there.
 */
export function jsonLine(value: unknown): string {
  return escaped(JSON.stringify(sorted(value)));
}

/**
 * The same, quicker, for a value that we built ourselves: its members keep the order in which they were written down.
 * What came from elsewhere inside of it must be `canonical`.
 */
export function jsonLineAsBuilt(value: unknown): string {
  const text = JSON.stringify(value);
  const hasHalfPair = /\\ud[89a-f]/.test(text);
  return hasHalfPair ? jsonLine(value) : escaped(text);
}

/** A value of somebody else's with its members in one order, and nothing in it that JSON cannot hold. */
export function canonical<T>(value: T): T {
  return sorted(value) as T; // a copy with the same members
}

function escaped(text: string): string {
  if (!/[\u007f-\u009f\u2028\u2029]/.test(text)) return text;
  return text.replaceAll(/[\u007f-\u009f\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function sorted(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value).toString() : value;
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys(value).sort(byCodeUnit);
  // Without a prototype, a member named __proto__ is a member like any other.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const name of names) copy[wellFormed(name)] = sorted((value as Record<string, unknown>)[name]);
  return copy;
}
