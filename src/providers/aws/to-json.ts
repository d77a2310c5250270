import type { Json, JsonObject } from '../../model/json.ts';

/**
 * What an SDK client returned, as JSON facts: dates as ISO 8601 in UTC, bytes as base64, big numbers as text.
 * Members that are not there stay out; `$metadata` is the client's own.
 */
export function answerToJson(output: object): JsonObject {
  return Object.fromEntries(
    Object.entries(output)
      .filter(([name, value]) => name !== '$metadata' && value !== undefined)
      .map(([name, value]) => [name, toJson(value)]),
  );
}

function toJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : toJson(item)));
  // Numbers that JavaScript cannot hold (bigint, or an object of the SDK) are text.
  if (typeof value === 'bigint') return value.toString();
  if (isNumericValue(value)) return value.string;
  return typeof value === 'object' ? answerToJson(value) : null;
}

const isNumericValue = (value: unknown): value is { readonly string: string } =>
  typeof value === 'object' && value !== null && value.constructor.name === 'NumericValue';
