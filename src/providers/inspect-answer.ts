import type { Inspect } from '../model/inspect.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { InspectedSecret } from '../model/secret-match.ts';
import { softwareIn } from './ai-software.ts';
import { changeAt, stepsOf } from './answer-path.ts';
import type { Operation } from './provider.ts';

/** Puts masked forms in the place of keys inside a text that is otherwise kept. */
export type MaskText = (text: string) => { readonly text: string; readonly secrets: readonly InspectedSecret[] };

/** How secrets are found: handed in, because providers know no detectors. */
export interface SecretTools {
  readonly inspect: Inspect;
  readonly maskText: MaskText;
}

export interface InspectedAnswer {
  readonly answer: JsonObject;
  /** Places whose text could not be decoded as the catalogue says, with the reason. It was searched as text all the same. */
  readonly undecodable: readonly { readonly path: string; readonly why: string }[];
  /** Masked texts and the keys that were in them. */
  readonly masked: readonly { readonly text: string; readonly secrets: readonly InspectedSecret[] }[];
}

/**
 * The answer with every secret-carrying value replaced by what may live on. This is the first thing that happens to an answer:
 * nothing that the catalogue names as secret-carrying reaches memo, error, log or fact. Paths of operations that list are
 * relative to the item (`itemsAt`). `keep`: secret-carrying path → members that checks may read; `$software` stands for the names
 * of AI software that occur in the text.
 */
export function inspectAnswer(
  answer: JsonObject,
  operation: Operation,
  keep: { readonly [path: string]: readonly string[] },
  tools: SecretTools,
): InspectedAnswer {
  const undecodable: { path: string; why: string }[] = [];
  const masked: { text: string; secrets: readonly InspectedSecret[] }[] = [];
  const root = typeof operation['itemsAt'] === 'string' ? `${operation['itemsAt']}.` : '';
  let value: Json = answer;

  for (const path of operation.secretResponsePaths ?? []) {
    const encoding = operation.textEncodings?.[path];
    value = changeAt(value, stepsOf(root + path), (secret, { place, name, isWhole }) => {
      if (isJsonObject(secret) && secret['$inspected'] === true) return secret;
      const kept = isWhole ? (keep[path] ?? []) : [];
      const options = {
        name,
        keep: kept,
        ...(encoding !== undefined && { encoding }),
        ...(kept.includes(softwareMember) && { describe: (text: string) => ({ [softwareMember]: softwareIn(text) }) }),
      };
      const { inspected, undecodable: why } = tools.inspect(secret, options);
      if (!isWhole) undecodable.push({ path: place, why: `it has not the form of ${path}` });
      else if (why !== undefined) undecodable.push({ path: place, why });
      // An inspected value is plain JSON; interfaces have no index signature.
      return inspected as unknown as JsonObject;
    });
  }
  for (const path of operation.freeTextResponsePaths ?? []) {
    value = changeAt(value, stepsOf(root + path), (text) => maskDeep(text, tools.maskText, masked));
  }
  // Where the answer's own root has the wrong form it became an inspected value, which is an object too.
  return { answer: isJsonObject(value) ? value : {}, undecodable, masked };
}

/** Made here, by no vendor. */
const softwareMember = '$software';

function maskDeep(value: Json, maskText: MaskText, masked: { text: string; secrets: readonly InspectedSecret[] }[]): Json {
  if (isJsonList(value)) return value.map((item) => maskDeep(item, maskText, masked));
  if (isJsonObject(value)) {
    if (value['$inspected'] === true) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskDeep(inner, maskText, masked)]));
  }
  if (typeof value !== 'string') return value;
  const result = maskText(value);
  if (result.secrets.length > 0) masked.push(result);
  return result.text;
}
