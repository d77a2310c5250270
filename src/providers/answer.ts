import type { Json } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import type { Answer } from './collector.ts';

/**
 * The part of an answer below a path of members (`agent`, `Content.Data`), with what was not readable there. Refusals stay as
 * they are; where the vendor sent nothing at the path the answer is `none`.
 */
export function answerAt(answer: Answer<Json>, path: string): Answer<Json> {
  if (!('value' in answer)) return answer;
  let value: Json | undefined = answer.value;
  for (const member of path.split('.')) value = isJsonObject(value) ? value[member] : undefined;
  const malformed = (answer.malformed ?? []).flatMap((entry) => {
    if (entry.path === path || path.startsWith(`${entry.path}.`) || entry.path === '') return [{ ...entry, path: '' }];
    if (!entry.path.startsWith(`${path}.`) && !entry.path.startsWith(`${path}[`)) return [];
    return [{ ...entry, path: entry.path.slice(path.length).replace(/^\./, '') }];
  });
  if (value === undefined || value === null) {
    const whole = malformed.find((entry) => entry.path === '');
    return whole === undefined ? { none: true } : { gap: whole.gap };
  }
  return { value, ...(malformed.length > 0 && { malformed }) };
}

/** An answer with its value changed and its refusal as it is. Paths of what was not readable stay those of the value that came. */
export function mapAnswer<T extends Json, U extends Json>(answer: Answer<T>, change: (value: T) => U): Answer<U> {
  return 'value' in answer ? { ...answer, value: change(answer.value) } : answer;
}
