import { parseYamlFile, refuseInvalid } from '../../checks/yaml-file.ts';
import type { YamlFile } from '../../checks/yaml-file.ts';
import { matchesEverything } from '../../model/glob.ts';
import { isJsonObject } from '../../model/json.ts';
import { UsageError } from '../../model/usage-error.ts';

interface Entry {
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string;
  readonly owner?: string;
  readonly ticket?: string;
  /** 1-based line of the entry in its file. */
  readonly line: number;
}

export interface FindingWaiver extends Entry {
  readonly check?: string;
  readonly fingerprint?: string;
  readonly asset?: string;
  readonly account?: string;
  readonly region?: string;
}

export interface GapAcceptance extends Entry {
  readonly gap: { readonly call: string; readonly scope: string };
}

export interface Waivers {
  /** Name of the file, for warnings. */
  readonly file: string;
  readonly findings: readonly FindingWaiver[];
  readonly gaps: readonly GapAcceptance[];
}

const members = ['check', 'fingerprint', 'gap', 'asset', 'account', 'region', 'until', 'reason', 'owner', 'ticket'];

/**
 * Reads the text of an ignore file. YAML and the schema load now, not at start.
 * Throws a UsageError with the line for what is no YAML, breaks the schema, or matches everything.
 */
export async function readWaivers(text: string, file: string): Promise<Waivers> {
  const parsed = await parseYamlFile(text, file);
  const entries = Array.isArray(parsed.value) ? parsed.value : [];
  for (const [at, entry] of entries.entries()) refuseUnclear(entry, at, parsed, file);
  const { validate } = await import('../../checks/validators/waiver.generated.ts');
  refuseInvalid(validate(parsed.value), parsed, file, members);
  // The schema has just proved their shape.
  const numbered = (entries as unknown as readonly (FindingWaiver | GapAcceptance)[]).map((entry, at) => ({
    ...entry,
    line: parsed.lineOf(`/${at}`) ?? 1,
  }));
  return {
    file,
    findings: numbered.filter((entry): entry is FindingWaiver => !('gap' in entry)),
    gaps: numbered.filter((entry): entry is GapAcceptance => 'gap' in entry),
  };
}

/** The mistakes that a schema can only name badly. */
function refuseUnclear(entry: unknown, at: number, parsed: YamlFile, file: string): void {
  if (!isJsonObject(entry)) return;
  const refuse = (member: string, what: string, hint: string): never => {
    throw new UsageError(`${file}:${parsed.lineOf(`/${at}/${member}`) ?? 1}: ${what}`, { hint });
  };
  for (const member of ['check', 'asset', 'account', 'region']) {
    const pattern = entry[member];
    if (typeof pattern === 'string' && matchesEverything(pattern))
      refuse(member, `${member} "${pattern}" matches everything`, 'name what is meant; * stands for a part of a name');
  }
  if (typeof entry.reason === 'string' && entry.reason.trim().length < 10)
    refuse('reason', `the reason "${entry.reason}" is too short`, 'say in at least ten characters why this is accepted');
  for (const member of ['reason', 'until']) {
    if (!(member in entry)) refuse('', `this entry has no "${member}"`, 'every waiver has a reason and the day on which it ends');
  }
  const kinds = ['check', 'fingerprint', 'gap'].filter((member) => member in entry);
  if (kinds.length !== 1) {
    const what = kinds.length === 0 ? 'names neither check, fingerprint nor gap' : `names ${kinds.join(' and ')}`;
    refuse('', `this entry ${what}`, 'write one entry for each thing that is accepted');
  }
}
