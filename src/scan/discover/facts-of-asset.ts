import type { Asset, Facts, HiddenEdge, Unread, Why } from '../../model/asset.ts';
import { unreadNear, withoutIndexes } from '../../model/fact-path.ts';
import type { AssetId } from '../../model/ids.ts';
import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import { sortedBy } from '../../model/order.ts';
import type { Inspected, InspectedSecret, SecretMatch } from '../../model/secret-match.ts';
import type { CallLog } from '../../providers/api.ts';
import type { Answer, Collector, Item, ReadResult, ScopeContext } from '../../providers/collector.ts';
import { unreadMembersOf } from '../../providers/unread-members.ts';

export interface ReadAsset {
  readonly facts: Facts;
  readonly unread: readonly Unread[];
  readonly hiddenEdges: readonly HiddenEdge[];
  readonly secrets: readonly SecretMatch[];
}

export interface ReadInput {
  readonly collector: Collector;
  readonly item: Item;
  readonly result: ReadResult;
  readonly log: CallLog;
  readonly scope: ScopeContext;
  /** Keys that stood in a text which now holds masked forms. */
  readonly secretsIn: (text: string) => readonly InspectedSecret[];
}

/**
 * Puts the answers of one asset together. What was not read is said by prefix, each with its reason; a gap that a collector
 * met and did not hand on makes everything unread that its call feeds. `gone`: the asset was deleted since it was listed.
 */
export function factsOfAsset(input: ReadInput): ReadAsset | 'gone' {
  const answers = answersByPrefix(input);
  if (isGone(answers, input)) return 'gone';
  const facts: { [name: string]: Json } = {};
  const unread: Unread[] = [];
  const secrets: SecretMatch[] = [];
  const note = (prefix: string, why: Why): void => {
    const entry = unreadEntry(input.collector, prefix, why);
    if (!unread.some((known) => JSON.stringify(known) === JSON.stringify(entry))) unread.push(entry);
  };

  for (const { prefix, answer } of answers) {
    const path = withoutBrackets(prefix);
    if (!('value' in answer)) {
      if ('gap' in answer || 'limit' in answer || 'notAsked' in answer) note(path, whyOf(answer));
      continue;
    }
    const isEntry = prefix.endsWith('[]');
    for (const { path: below, gap } of answer.malformed ?? []) note(join(path, withoutIndexes(below)), { gap });
    const clean = takeApart(answer.value, path, { ...input, note, secrets });
    if (isEntry && isEach(input.result, prefix)) {
      const before = facts[path];
      facts[path] = [...(isJsonList(before) ? before : []), clean];
    } else put(facts, path, clean, input.collector);
  }
  for (const [gap, names] of input.log.gaps) {
    if (unread.some(({ why }) => 'gap' in why && why.gap === gap)) continue;
    for (const prefix of prefixesFedBy(input.collector, names)) note(prefix, { gap });
  }
  compute(facts, unread, input);
  return {
    facts,
    unread: sortedBy(
      unread,
      ({ prefix }) => prefix,
      ({ why }) => JSON.stringify(why),
    ),
    hiddenEdges: hiddenEdgesOf(input.collector, unread),
    secrets: distinct(secrets),
  };
}

interface PrefixedAnswer {
  /** A declared prefix. */
  readonly prefix: string;
  readonly answer: Answer<Json>;
}

/** Answers in the order of their prefixes, shorter ones first: what is grafted comes after what it is grafted on. */
function answersByPrefix({ collector, item, result }: ReadInput): readonly PrefixedAnswer[] {
  const declared = Object.keys(collector.facts);
  const answers = Object.entries(result).map(([key, answer]) => {
    const prefix = declared.find((known) => known === key || known === key.replaceAll(/\[[^\]]*\]/g, '[]'));
    if (prefix === undefined) throw new Error(`${collector.asset}: read() answers for "${key}", which facts does not declare`);
    return { prefix, answer };
  });
  for (const prefix of declared) {
    if (answers.some((answer) => answer.prefix === prefix)) continue;
    if (item.item === undefined) throw new Error(`${collector.asset}: nothing answers for the facts "${prefix}"`);
    answers.push({ prefix, answer: { value: item.item } });
  }
  // Stable: entries of one prefix keep the order in which the collector gave them.
  return answers.sort((a, b) => a.prefix.length - b.prefix.length);
}

/** The asset itself is gone, not a part of it: its own answer says so, or every answer that was asked for does. */
function isGone(answers: readonly PrefixedAnswer[], { result, log }: ReadInput): boolean {
  const own = answers.find(({ prefix }) => prefix === '');
  if (own !== undefined && Object.hasOwn(result, '')) return 'gone' in own.answer;
  const asked = Object.values(result).filter((answer) => !('notAsked' in answer));
  return log.used.size > 0 && asked.length > 0 && asked.every((answer) => 'gone' in answer);
}

function isEach(result: ReadResult, prefix: string): boolean {
  return !Object.hasOwn(result, prefix);
}

interface Sink extends ReadInput {
  readonly note: (prefix: string, why: Why) => void;
  readonly secrets: SecretMatch[];
}

/** A plain copy; what was unreadable below is noted, and keys that were found get their place. */
function takeApart(value: Json, path: string, sink: Sink): Json {
  if (typeof value === 'string') {
    for (const secret of sink.secretsIn(value)) sink.secrets.push(placed(secret, sink.item.id, path));
    return value;
  }
  if (isJsonList(value)) return value.map((item) => takeApart(item, `${path}[]`, sink));
  if (!isJsonObject(value)) return value;
  for (const { member, gap } of unreadMembersOf(value)) sink.note(join(path, member), { gap });
  if (value['$inspected'] === true) {
    // Only `inspect` makes this member.
    for (const secret of (value as unknown as Inspected).secrets) sink.secrets.push(placed(secret, sink.item.id, path));
    return value;
  }
  const copy: { [name: string]: Json } = {};
  for (const [member, inner] of Object.entries(value)) copy[member] = takeApart(inner, join(path, member), sink);
  return copy;
}

function placed({ variable, ...secret }: InspectedSecret, asset: AssetId, path: string): SecretMatch {
  return { ...secret, at: { kind: 'fact', asset, path, variable } };
}

function distinct(secrets: readonly SecretMatch[]): readonly SecretMatch[] {
  return [...new Map(secrets.map((secret) => [JSON.stringify(secret), secret])).values()];
}

function put(facts: { [name: string]: Json }, path: string, value: Json, collector: Collector): void {
  if (path === '') {
    if (!isJsonObject(value)) throw new Error(`${collector.asset}: the facts of an asset are an object`);
    Object.assign(facts, value);
    return;
  }
  const names = path.split('.');
  const last = names.pop() ?? path;
  let holder = facts;
  for (const name of names) {
    const inner = holder[name];
    const next: { [name: string]: Json } = isJsonObject(inner) ? { ...inner } : {};
    holder[name] = next;
    holder = next;
  }
  holder[last] = value;
}

function unreadEntry(collector: Collector, prefix: string, why: Why): Unread {
  const owned = [...Object.keys(collector.facts), ...Object.keys(collector.computed)].map(withoutBrackets);
  const except = [...new Set(owned)].filter((other) => other !== prefix && (prefix === '' || other.startsWith(`${prefix}.`))).sort();
  return { prefix, ...(except.length > 0 && { except }), why };
}

function whyOf(answer: Answer<Json>): Why {
  if ('gap' in answer) return { gap: answer.gap };
  if ('limit' in answer) return { limit: answer.limit };
  if ('notAsked' in answer) return { notAsked: answer.notAsked };
  throw new Error('an answer that was read has no reason for being unread');
}

function prefixesFedBy(collector: Collector, names: ReadonlySet<string>): readonly string[] {
  const fed = Object.entries(collector.facts)
    .filter(([, sources]) => sources.some((source) => names.has(source.split('#')[0] ?? source)))
    .map(([prefix]) => withoutBrackets(prefix));
  return fed.length > 0 ? fed : [''];
}

/** Computed facts come after all that was read, in the order of their declaration: a later one may build on an earlier one. */
function compute(facts: { [name: string]: Json }, unread: Unread[], { collector, scope }: ReadInput): void {
  for (const [path, { from, of, despite }] of Object.entries(collector.computed)) {
    const missing = from.flatMap((prefix) => unread.filter((entry) => unreadNear({ unread: [entry] }, prefix) !== undefined));
    const value = missing.length === 0 ? of(facts, scope) : despite?.(facts, scope);
    if (value !== undefined) put(facts, path, value, collector);
    else for (const why of distinctWhys(missing)) unread.push(unreadEntry(collector, path, why));
  }
}

function hiddenEdgesOf(collector: Collector, unread: readonly Unread[]): readonly HiddenEdge[] {
  const hidden = collector.edges.flatMap(({ kind, to, from }) =>
    distinctWhys(unread.filter((entry) => unreadNear({ unread: [entry] }, from) !== undefined)).map((why) => ({
      kind,
      // Edges name types of this provider; the conformance suite proves that they exist.
      to: to as Asset['type'],
      why,
    })),
  );
  const once = [...new Map(hidden.map((edge) => [JSON.stringify(edge), edge])).values()];
  return sortedBy(once, (edge) => JSON.stringify(edge));
}

function distinctWhys(entries: readonly Unread[]): readonly Why[] {
  return [...new Map(entries.map(({ why }) => [JSON.stringify(why), why])).values()];
}

const withoutBrackets = (path: string): string => path.replaceAll(/\[[^\]]*\]/g, '');
const join = (path: string, below: string): string =>
  path === '' || below === '' ? path + below : below.startsWith('[') ? path + below : `${path}.${below}`;
