import type { Json } from '../model/json.ts';
import { UsageError } from '../model/usage-error.ts';
import { nearest } from '../model/nearest.ts';

/** One complaint of a precompiled validator (`src/checks/validators/*.generated.ts`): the members of ajv's ErrorObject that are used. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: { readonly [name: string]: unknown };
}

export interface YamlFile {
  readonly value: Json;
  /** 1-based line of the value at a JSON pointer (`/a/0/b`), or of its nearest parent that has one. */
  readonly lineOf: (pointer: string) => number | undefined;
}

/**
 * Parses one of the user's own YAML (or JSON) files. The parser loads on first use.
 * Throws a UsageError that names file, line and reason; the file's text is never quoted beyond a member's name.
 */
export async function parseYamlFile(text: string, file: string): Promise<YamlFile> {
  const { LineCounter, isNode, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const [error] = document.errors;
  if (error)
    throw new UsageError(`${file}:${lines.linePos(error.pos[0]).line}: no valid YAML: ${firstSentence(error.message)}`, {
      hint: 'mend the line and run again',
    });
  const value = toJson(document, file);
  return {
    value,
    lineOf: (pointer) => {
      const steps = pointer
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
      for (let depth = steps.length; depth >= 0; depth--) {
        const node = document.getIn(steps.slice(0, depth), true);
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      return undefined;
    },
  };
}

/** Throws a UsageError for the first complaint of a validator, with the line it is about and, for an unknown member, a suggestion. */
export function refuseInvalid(errors: readonly SchemaError[], parsed: YamlFile, file: string, knownMembers: readonly string[] = []): void {
  // The deepest complaint is the most exact; a misspelt member also makes a required one missing.
  const isUnknown = ({ keyword }: SchemaError): number =>
    keyword === 'additionalProperties' || keyword === 'unevaluatedProperties' ? 1 : 0;
  const error = [...errors].sort((a, b) => b.instancePath.length - a.instancePath.length || isUnknown(b) - isUnknown(a))[0];
  if (!error) return;
  const line = parsed.lineOf(error.instancePath);
  const place = line === undefined ? file : `${file}:${line}`;
  const at = error.instancePath === '' ? '' : ` at "${error.instancePath.slice(1).replaceAll('/', '.')}"`;
  const unknown = error.params.additionalProperty ?? error.params.unevaluatedProperty;
  if (typeof unknown === 'string') {
    const suggestion = nearest(unknown, knownMembers);
    throw new UsageError(`${place}: unknown member "${unknown}"${at}`, {
      hint: suggestion ? `did you mean "${suggestion}"?` : 'remove it, or look up its name in the schema',
    });
  }
  // Where a member may be one of several things, each of them complains: together they say what it may be.
  const here = errors.filter(({ instancePath, keyword }) => instancePath === error.instancePath && !keyword.endsWith('Of'));
  const complaints = [...new Set((here.length > 0 ? here : [error]).map(complaint))];
  throw new UsageError(`${place}: ${complaints.join(', or ')}${at}`, { hint: 'mend the file and run again' });
}

function complaint({ keyword, message, params }: SchemaError): string {
  if (keyword === 'const') return `must be "${String(params.allowedValue)}"`;
  const allowed = Array.isArray(params.allowedValues) ? `: ${params.allowedValues.join(', ')}` : '';
  return `${message ?? keyword}${allowed}`;
}

function toJson(document: { toJS(options: { readonly maxAliasCount: number }): unknown }, file: string): Json {
  try {
    return (document.toJS({ maxAliasCount: 50 }) ?? null) as Json; // the parser's core schema makes JSON values only
  } catch {
    throw new UsageError(`${file}: too many aliases`, { hint: 'write the repeated values out' });
  }
}

function firstSentence(message: string): string {
  return message.split('\n')[0] ?? message;
}
