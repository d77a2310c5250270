import type { Fix } from '../model/check.ts';
import { isJsonObject, type Json } from '../model/json.ts';

export interface Placeholder {
  /** `fact.agentId`, `input.guardrailId`, `body`, `days` … */
  readonly name: string;
  /** Where it stands in the fix: `steps[0].edit.write[5]`. */
  readonly where: string;
}

/** Braces of JSON in an argument are no placeholders: those hold a quote or nothing. */
const placeholder = /\{((?:fact|asset|scope|input)\.[^{}]+|[A-Za-z]\w*)\}/g;

export function placeholdersOf(fix: Fix): readonly Placeholder[] {
  // A fix is plain JSON data; its type is only narrower.
  return [...textsIn(fix as unknown as Json, '')].flatMap(({ text, where }) =>
    [...text.matchAll(placeholder)].map(([, name]) => ({ name: name as string, where })),
  );
}

function* textsIn(json: Json, where: string): Generator<{ readonly text: string; readonly where: string }> {
  if (typeof json === 'string') yield { text: json, where };
  else if (Array.isArray(json)) for (const [i, one] of (json as readonly Json[]).entries()) yield* textsIn(one, `${where}[${i}]`);
  else if (isJsonObject(json))
    for (const [name, one] of Object.entries(json)) yield* textsIn(one, where === '' ? name : `${where}.${name}`);
}
