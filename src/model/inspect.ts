import type { Json, JsonObject } from './json.ts';
import type { Inspected } from './secret-match.ts';

export type TextEncoding = 'base64' | 'json' | 'url-encoded json';

export interface InspectOptions {
  /** Member or variable name of the value, a context for key formats that need one. */
  readonly name?: string;
  /** How the vendor packs the text. */
  readonly encoding?: TextEncoding;
  /** Members (of the decoded value) that checks may read; everything else is dropped. Lists: `containers[].image`. */
  readonly keep?: readonly string[];
  /** Members to keep that are made from the decoded text. What it gives holds nothing of the text itself. */
  readonly describe?: (text: string) => JsonObject;
}

/**
 * Looks for keys in a secret-carrying value and returns what may live on. The value does not survive.
 * `undecodable` is a short reason where the value could not be decoded as its encoding says (it was searched as text all the same).
 */
export type Inspect = (value: Json, options: InspectOptions) => { readonly inspected: Inspected; readonly undecodable?: string };
