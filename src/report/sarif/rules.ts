import type { Check, Framework } from '../../model/check.ts';
import { sortedBy } from '../../model/order.ts';
import { markdownCode, markdownText } from '../escape/markdown.ts';
import { sarifText } from '../escape/sarif.ts';
import { levels } from './levels.ts';
import { sentence } from '../../model/words.ts';

export interface RuleBook {
  /** `tool.driver.rules`. */
  readonly rules: readonly object[];
  /** `runs[].taxonomies`: frameworks that these rules speak of, with the controls that they name. */
  readonly taxonomies: readonly object[];
  /** `tool.driver.supportedTaxonomies`. */
  readonly supported: readonly object[];
  readonly indexOf: (rule: string) => number | undefined;
  /** `result.taxa` of a rule. */
  readonly taxaOf: (rule: string) => readonly object[];
}

/** The checks of one provider as rules, and the frameworks that they map or relate to as taxonomies. */
export function ruleBook(checks: readonly Check[], frameworks: readonly Framework[]): RuleBook {
  const sorted = sortedBy(checks, ({ id }) => id);
  const taxonomies = taxonomiesOf(sorted, frameworks);
  const indexes = new Map<string, number>(sorted.map(({ id }, at) => [id, at]));
  const taxa = new Map(sorted.map((check) => [check.id as string, taxaOf(check, taxonomies)]));
  return {
    rules: sorted.map((check) => ruleOf(check, taxa.get(check.id) ?? [])),
    taxonomies: taxonomies.map(({ object }) => object),
    supported: taxonomies.map(({ framework }, index) => ({ name: framework.id, index })),
    indexOf: (rule) => indexes.get(rule),
    taxaOf: (rule) => (taxa.get(rule) ?? []).map(({ target }) => target),
  };
}

interface Taxonomy {
  readonly framework: Framework;
  readonly controls: ReadonlyMap<string, number>;
  readonly object: object;
}

function taxonomiesOf(checks: readonly Check[], frameworks: readonly Framework[]): readonly Taxonomy[] {
  return sortedBy(frameworks, ({ id }) => id).flatMap((framework) => {
    const named = new Set(checks.flatMap(({ maps, relates }) => [...(maps[framework.id] ?? []), ...(relates[framework.id] ?? [])]));
    const ids = [...named].filter((id) => Object.hasOwn(framework.controls, id)).sort();
    if (ids.length === 0) return [];
    const object = {
      name: framework.id,
      version: framework.version,
      organization: sarifText(framework.organization),
      isComprehensive: false,
      shortDescription: { text: sarifText(`${framework.title} ${framework.version}: the ids that checks of aispm name.`) },
      fullDescription: { text: sarifText(framework.limits) },
      ...(framework.url !== undefined && { informationUri: framework.url }),
      taxa: ids.map((id) => ({ id, shortDescription: { text: sarifText(framework.controls[id] ?? id) } })),
    };
    return [{ framework, controls: new Map(ids.map((id, at) => [id, at])), object }];
  });
}

interface Taxon {
  readonly target: object;
  readonly published: boolean;
}

/** Controls that a published source maps, and those that we relate by our own reading; the rule says which is which. */
function taxaOf({ maps, relates }: Check, taxonomies: readonly Taxonomy[]): readonly Taxon[] {
  return taxonomies.flatMap(({ framework, controls }, index) => {
    const mapped = maps[framework.id] ?? [];
    const all = [...new Set([...mapped, ...(relates[framework.id] ?? [])])].sort();
    return all.flatMap((id) => {
      const at = controls.get(id);
      if (at === undefined) return [];
      return [{ target: { id, index: at, toolComponent: { name: framework.id, index } }, published: mapped.includes(id) }];
    });
  });
}

function ruleOf(check: Check, taxa: readonly Taxon[]): object {
  const { level, securitySeverity } = levels[check.severity];
  const see = check.see.find((address) => address.startsWith('https://') && URL.canParse(address));
  return {
    id: check.id,
    name: nameOf(check.id),
    shortDescription: { text: sarifText(sentence(check.title)) },
    fullDescription: { text: sarifText(sentence(check.because)) },
    help: { text: sarifText(sentence(check.fix.do)), markdown: helpOf(check) },
    ...(see !== undefined && { helpUri: see }),
    defaultConfiguration: { level },
    ...(taxa.length > 0 && {
      relationships: taxa.map(({ target, published }) => ({
        target,
        kinds: ['relevant'],
        description: { text: published ? 'By a published mapping.' : 'By our own reading of the control.' },
      })),
    }),
    properties: {
      ...(securitySeverity !== undefined && { 'security-severity': securitySeverity }),
      precision: 'high',
      tags: tagsOf(check),
    },
  };
}

/** GitLab takes ten tags, GitHub shows ten. The CWE of hard-coded credentials makes GitLab file the result as a leaked secret. */
function tagsOf(check: Check): readonly string[] {
  const [provider = '', service = ''] = check.id.split('.');
  const secret = check.tags.includes('secret') || /\.secrets\b/.test(JSON.stringify([check.each ?? null, check.expect ?? null]));
  const all = ['security', ...(secret ? ['external/cwe/cwe-798'] : []), 'ai', provider, service, ...check.tags];
  return [...new Set(all.filter((tag) => tag !== ''))].slice(0, 10);
}

function helpOf({ fix }: Check): string {
  const commands = (fix.steps ?? []).flatMap((step) => ('run' in step ? [step.run] : 'edit' in step ? [step.edit.write] : []));
  const lines = commands.map((argv) => `- ${markdownCode(argv.join(' '))}`);
  return [markdownText(sentence(fix.do)), ...(lines.length > 0 ? ['', ...lines] : [])].join('\n').slice(0, 1024);
}

function nameOf(id: string): string {
  return id
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('')
    .slice(0, 255);
}
