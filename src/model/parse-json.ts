import { UsageError } from './usage-error.ts';

/** Parses a saved file. Throws a UsageError with the line, where the parser tells it; the text itself is never quoted. */
export function parseJson(text: string, what: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const line = position === undefined ? '' : ` (line ${text.slice(0, Number(position)).split('\n').length})`;
    const why = text.trim() === '' ? 'it is empty' : `it is not JSON${line}, or was cut off`;
    throw new UsageError(`"${file}" is no ${what} of aispm: ${why}`, { hint: `give a file that aispm wrote as ${what}` });
  }
}

/** The first complaint of a validator, in words; the deepest one, because outer ones only follow from it. */
export function complaintOf(
  errors: readonly { readonly instancePath: string; readonly message?: string; readonly keyword: string }[],
): string {
  const [error] = [...errors].sort((a, b) => b.instancePath.length - a.instancePath.length);
  if (!error) return '';
  return `${error.instancePath === '' ? 'the document' : error.instancePath} ${error.message ?? error.keyword}`;
}
