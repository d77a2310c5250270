import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { Check, Framework } from '../model/check.ts';
import { isJsonObject } from '../model/json.ts';
import { sortedBy } from '../model/order.ts';
import { UsageError } from '../model/usage-error.ts';
import { type CheckDocument, checkOf } from './document.ts';
import { frameworkOf } from './framework.ts';
import { pointerOf } from './problem.ts';
import { problemsOf } from './validate.ts';
import { operators } from './condition.ts';
import type { Predicate } from './predicate.ts';
import type { YamlFile } from './yaml-file.ts';

/** A check with the document that it was made from, which also holds its examples. */
export interface LoadedCheck {
  readonly check: Check;
  readonly document: CheckDocument;
  /** The user's own file, for messages; absent for what is bundled. */
  readonly file?: string;
  /** 1-based line of a member of that file. */
  readonly lineOf?: (pointer: string) => number | undefined;
}

export interface LoadedChecks {
  readonly checks: readonly LoadedCheck[];
  readonly frameworks: readonly Framework[];
}

/** A file that holds no check, and why. */
export interface RefusedFile {
  readonly file: string;
  readonly complaint: string;
}

/** The checks that are shipped: one JSON text, no YAML, no schema. */
export async function loadBundledChecks(): Promise<LoadedChecks> {
  const { readBundle } = await import('./bundle.generated.ts');
  const bundle = readBundle();
  return {
    checks: bundle.checks.map((document) => ({ check: checkOf(document), document })),
    frameworks: bundle.frameworks.map(frameworkOf),
  };
}

/** Predicates that checks may `ask`. */
export async function loadPredicates(): Promise<{ readonly [name: string]: Predicate }> {
  const { predicates } = await import('./predicates.generated.ts');
  return predicates;
}

/**
 * The user's own checks (and `frameworks/*.yaml`) of a folder, or of one file, added to the bundled ones. The id of a check is its
 * path below the nearest folder that is named `checks`, or else below the folder given. A check of the same id replaces the
 * bundled one only if `replace` says so (`checks test` of this project's own folder).
 * `tolerant` (for `checks test`) leaves out the files that are no checks, names them in `refused`, and lets through what is wrong
 * with the others.
 * @throws UsageError for the first thing that is wrong, with file, line and what to do.
 */
export async function addUserChecks(
  known: LoadedChecks,
  folder: string,
  options: { readonly replace?: boolean; readonly tolerant?: boolean } = {},
): Promise<LoadedChecks & { readonly added: readonly LoadedCheck[]; readonly refused: readonly RefusedFile[] }> {
  const files = await yamlFiles(folder);
  if (files.length === 0)
    throw new UsageError(`no check files (*.yaml) in "${folder}"`, { hint: 'aispm checks new ID writes the first one' });
  const root = rootOf(folder, files);
  const kinds = files.map((file) => ({ file, kind: kindOf(file, root) }));
  const frameworks = await Promise.all(kinds.filter(({ kind }) => kind === 'framework').map(({ file }) => readFramework(file)));
  const refused: RefusedFile[] = [];
  const read = await Promise.all(
    kinds
      .filter(({ kind }) => kind === 'check')
      .map(({ file }) =>
        readCheck(file, root).catch((error: unknown) => {
          if (options.tolerant !== true || !(error instanceof UsageError)) throw error;
          refused.push({ file, complaint: error.message });
        }),
      ),
  );
  const added = read.filter((one) => one !== undefined);
  const all: LoadedChecks = {
    checks: merged(known.checks, added, options.replace === true),
    frameworks: [...known.frameworks.filter(({ id }) => !frameworks.some((other) => other.id === id)), ...frameworks],
  };
  const predicates = await loadPredicates();
  if (options.tolerant !== true) for (const one of added) refuseProblems(one, all, predicates);
  return { ...all, added, refused: sortedBy(refused, ({ file }) => file) };
}

/** Reads one file. @throws UsageError. */
async function readCheck(file: string, root: string): Promise<LoadedCheck> {
  const parsed = await readYaml(file);
  const { validate } = await import('./validators/check.generated.ts');
  await refuse(validate(parsed.value), parsed, file, checkMembers);
  const id = relative(root, file)
    .replace(/\.ya?ml$/, '')
    .split(sep)
    .join('.');
  // The schema has proven that it is an object.
  const document = { ...(parsed.value as object), id } as CheckDocument;
  return { check: checkOf(document), document, file, lineOf: parsed.lineOf };
}

async function readFramework(file: string): Promise<Framework> {
  const parsed = await readYaml(file);
  const { validate } = await import('./validators/framework.generated.ts');
  await refuse(validate(parsed.value), parsed, file, []);
  return frameworkOf({ ...(parsed.value as object), id: basename(file).replace(/\.ya?ml$/, '') });
}

async function refuse(
  errors: Parameters<typeof import('./yaml-file.ts').refuseInvalid>[0],
  parsed: YamlFile,
  file: string,
  members: readonly string[],
): Promise<void> {
  const { refuseInvalid } = await import('./yaml-file.ts');
  if (!isJsonObject(parsed.value)) throw new UsageError(`${file}: is no mapping`, { hint: 'see docs/adding-a-check.md for the format' });
  refuseInvalid(errors, parsed, file, members);
}

/** What only this check's file can be blamed for: conditions, references, placeholders. Facts are judged by `checks test`. */
function refuseProblems(one: LoadedCheck, all: LoadedChecks, predicates: { readonly [name: string]: Predicate }): void {
  const references = { checks: all.checks.map(({ check }) => check), frameworks: all.frameworks, predicates };
  const [problem] = problemsOf(one.check, one.document, references);
  if (problem === undefined) return;
  const line = one.lineOf?.(pointerOf(problem.where));
  throw new UsageError(`${one.file ?? one.check.id}${line === undefined ? '' : `:${line}`}: ${problem.where}: ${problem.text}`, {
    hint: 'mend the file; docs/adding-a-check.md says how a check is written',
  });
}

function merged(known: readonly LoadedCheck[], added: readonly LoadedCheck[], replace: boolean): readonly LoadedCheck[] {
  const ids = new Map(known.map((one) => [one.check.id, one]));
  const clash = added.find(({ check }) => ids.has(check.id));
  if (clash !== undefined && !replace) {
    throw new UsageError(`${clash.file}: the check "${clash.check.id}" exists already`, {
      hint: 'move the file: its path below the folder is its id',
    });
  }
  const own = new Set(added.map(({ check }) => check.id));
  return [...known.filter(({ check }) => !own.has(check.id)), ...added];
}

async function readYaml(file: string): Promise<YamlFile> {
  const { parseYamlFile } = await import('./yaml-file.ts');
  return parseYamlFile(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function yamlFiles(path: string): Promise<readonly string[]> {
  try {
    if ((await stat(path)).isFile()) return [path];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = code === 'ENOENT' ? 'does not exist' : code === 'EACCES' || code === 'EPERM' ? 'may not be read' : 'could not be read';
  return new UsageError(`"${path}" ${why}`, { hint: 'name a folder of check files', cause: error });
}

/** The nearest folder named `checks`, at or above; else the folder itself. */
function rootOf(folder: string, files: readonly string[]): string {
  const parts = folder.split(sep);
  const at = parts.lastIndexOf('checks');
  if (at >= 0) return parts.slice(0, at + 1).join(sep);
  return files.length === 1 && files[0] === folder ? join(folder, '..') : folder;
}

function kindOf(file: string, root: string): 'check' | 'framework' | 'other' {
  const [first] = relative(root, file).split(sep);
  if (first === 'frameworks') return 'framework';
  return first === 'schema' || first === 'secrets' || first === 'models' || first === 'paths' ? 'other' : 'check';
}

const checkMembers = [
  'title',
  'severity',
  'asset',
  'applies',
  'expect',
  'manual',
  'each',
  'params',
  'because',
  'fix',
  'maps',
  'relates',
  'vendorControls',
  'see',
  'tags',
  'formerly',
  'examples',
  'path',
  'default',
  'absent',
  'all',
  'any',
  'not',
  'surely',
  'some',
  'every',
  'along',
  'to',
  'none',
  'meets',
  'inScope',
  'ask',
  'kind',
  'do',
  'inputs',
  'steps',
  'undo',
  'effect',
  'pass',
  'fail',
  'unknown',
  'not-applicable',
  'facts',
  'unread',
  'edges',
  'hidden',
  'scope',
  'at',
  ...operators,
];
