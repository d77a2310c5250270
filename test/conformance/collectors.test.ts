import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/demo/loopback.ts';
import type { Asset } from '../../src/model/asset.ts';
import { unreadAt } from '../../src/model/fact-path.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { Judgement } from '../../src/model/verdict.ts';
import { stepsOf } from '../../src/providers/answer-path.ts';
import { shapeOf, type ShapeNode } from '../../src/providers/shape.ts';
import { answerTypes } from '../../src/providers/shapes.generated.ts';
import { type CollectorCase, collectorsUnderTest, type CollectorUnderTest, type Replay, replay } from '../support/collector-cases.ts';
import { checksOf, judge } from '../support/judge-inventory.ts';

const faults: readonly Fault[] = [
  'refused',
  'throttled',
  'html502',
  'empty',
  'reset',
  'timeout',
  'drip',
  'truncated',
  'wrong-shape',
  'endless-token',
];
const waitsForNothing = new Set<Fault>(['timeout', 'drip']);

const all = await collectorsUnderTest();

test('there are collectors of every provider', () => {
  expect(new Set(all.map(({ provider }) => provider.name))).toEqual(new Set(['aws', 'azure', 'alibaba']));
});

describe.each(all.map((subject) => [`${subject.provider.name}/${subject.file}`, subject] as const))('%s', (_, subject) => {
  const { provider, collector, cases } = subject;
  const replays = new Map<string, Replay>();
  beforeAll(async () => {
    for (const one of cases) replays.set(one.name, await replay(subject, one.answers));
  }, 120_000);

  test('declares calls that exist, with paths that the vendor has', async () => {
    const operations = await provider.operations();
    const types = await answerTypes(provider.name);
    for (const { operation: id, must = [], keep = {} } of Object.values(collector.calls)) {
      const operation = operations.get(id);
      expect(operation?.use, `${id} in operations.json`).toMatch(/^(allowed|opt-in)$/);
      const shape = shapeOf(types[id] ?? {});
      const root = typeof operation?.['itemsAt'] === 'string' ? operation['itemsAt'] : '';
      for (const path of must) expect(isKnown(shape, path) || isKnown(shape, `${root}.${path}`), `${id}: must ${path}`).toBe(true);
      for (const path of Object.keys(keep)) expect(operation?.secretResponsePaths, `${id}: keep`).toContain(path);
    }
    for (const source of Object.values(collector.facts).flat()) {
      expect(Object.keys(collector.calls), `facts come from ${source}`).toContain(source.split('#')[0]);
    }
    // Repositories of images are read by the image scan.
    const known = [...provider.collectors.map(({ asset }) => asset as string), 'oci.repository'];
    for (const { to } of collector.edges) expect(known, `edge to ${to}`).toContain(to);
    if (collector.per === 'referenced') expect(collector).toHaveProperty('locate');
    else expect(collector).toHaveProperty('list');
  });

  test('has a case that leaves out every optional member', () => {
    expect(cases.map(({ name }) => name)).toContain('minimal');
  });

  test.each(cases.map((one) => [one.name, one] as const))('%s replays to exactly what is expected', (name, one) => {
    const { inventory, unanswered, said, keys } = replayed(replays, name);
    expect(unanswered).toEqual([]);
    expect(expectedOf(one, inventory)).toEqual(JSON.parse(JSON.stringify(inventory)));
    for (const key of keys) expect(JSON.stringify([inventory, said]).includes(key), 'a key of an answer survived').toBe(false);
  });

  test('makes each call that it declares, in some case', () => {
    const made = new Set([...replays.values()].flatMap(({ calls }) => calls.map(({ operation }) => operation)));
    const declared = new Set(Object.values(collector.calls).map(({ operation }) => operation as string));
    expect([...declared].filter((operation) => !made.has(operation))).toEqual([]);
    const others = new Set(subject.collectors.flatMap(({ calls }) => Object.values(calls).map(({ operation }) => operation as string)));
    expect([...made].filter((operation) => !others.has(operation))).toEqual([]);
  });

  const declared = [...new Set(Object.values(collector.calls).map(({ operation }) => operation as string))];
  test.concurrent.each(declared.flatMap((operation) => faults.map((fault) => [operation, fault] as const)))(
    'without %s (%s) nothing looks clean that was not seen',
    // On a machine that is busy elsewhere, the calls before the faulty one may take longer than the patience of a test.
    { retry: 2 },
    async (operation, fault) => {
      const one = caseFor(cases, replays, operation);
      const whole = replayed(replays, one.name);
      const patience = waitsForNothing.has(fault) ? { timeoutMs: 1500, attempts: 1 } : {};
      const broken = await replay(subject, one.answers, {
        faults: (call) => (call.operation === operation ? fault : undefined),
        ...patience,
      });
      const isPaged =
        broken.calls.filter((call) => call.operation === operation).length >
        whole.calls.filter((call) => call.operation === operation).length;
      // Where there are no pages an endless token changes nothing.
      if (fault === 'endless-token' && !isPaged && broken.inventory.gaps.length === whole.inventory.gaps.length) {
        return expect(JSON.stringify(broken.inventory)).toBe(JSON.stringify(whole.inventory));
      }
      // An answer of nothing but text has no shape to get wrong.
      const types = Object.values((await answerTypes(provider.name))[operation] ?? {});
      if (fault === 'wrong-shape' && types.every((type) => type === 'text')) return;
      await expectHonest(subject, whole.inventory, broken.inventory, operation);
      for (const key of broken.keys) expect(JSON.stringify([broken.inventory, broken.said]).includes(key), 'a key survived').toBe(false);
    },
  );
});

function replayed(replays: ReadonlyMap<string, Replay>, name: string): Replay {
  const found = replays.get(name);
  if (found === undefined) throw new Error(`the case ${name} was not replayed`);
  return found;
}

/** `UPDATE_EXPECTED=1` writes what came out, to be read by a person before it is committed. */
function expectedOf({ expectedFile }: CollectorCase, inventory: Inventory): unknown {
  if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(expectedFile, `${JSON.stringify(inventory, undefined, 2)}\n`);
  if (!existsSync(expectedFile)) throw new Error(`${expectedFile} is missing: run with UPDATE_EXPECTED=1 and read what it writes`);
  return JSON.parse(readFileSync(expectedFile, 'utf8'));
}

/** The fullest case that makes the call. */
function caseFor(cases: readonly CollectorCase[], replays: ReadonlyMap<string, Replay>, operation: string): CollectorCase {
  const using = cases.filter(({ name }) => replayed(replays, name).calls.some((call) => call.operation === operation));
  const [fullest] = using.toSorted((a, b) => replayed(replays, b.name).calls.length - replayed(replays, a.name).calls.length);
  if (fullest === undefined) throw new Error(`no case makes ${operation}`);
  return fullest;
}

/** True if the vendor's model has the path. */
function isKnown(shape: ShapeNode, path: string): boolean {
  let node: ShapeNode | undefined = shape;
  for (const step of stepsOf(path)) {
    if (step === 'items') node = node?.items;
    else if (step === 'entries') node = node?.entries;
    else node = node?.members.get(step.member) ?? node?.entries;
  }
  return node !== undefined;
}

async function expectHonest({ collectors }: CollectorUnderTest, whole: Inventory, broken: Inventory, operation: string): Promise<void> {
  const known = new Set(whole.gaps.map(({ id }) => id));
  const fresh = broken.gaps.filter(({ id }) => !known.has(id));
  expect(
    fresh.map(({ call }) => call),
    'the gap names the call',
  ).toContain(operation);

  const checks = await checksOf(collectors);
  const before = new Map((await judge(whole, checks)).judgements.map((judgement) => [keyOf(judgement), judgement]));
  const { judgements, report } = await judge(broken, checks);
  const assets = new Map(broken.assets.map((asset) => [asset.id, asset]));
  for (const judgement of judgements) {
    const was = before.get(keyOf(judgement));
    expect(was, `${keyOf(judgement)} was not judged before`).toBeDefined();
    expectSettledOrUnknown(judgement, was as Judgement, assets);
  }
  const now = new Set(judgements.map(keyOf));
  for (const [key, { check, asset }] of before) {
    if (now.has(key)) continue;
    const scope = whole.assets.find(({ id }) => id === asset)?.scope;
    const row = report.ledger.find((one) => one.check === check && one.scope === scope);
    expect(
      row?.gaps.some((gap) => fresh.some(({ id }) => id === gap)),
      `the ledger of ${check} says nothing of the lost ${asset}`,
    ).toBe(true);
  }
  if (checks.length > 0) {
    const named = new Set(report.ledger.flatMap(({ gaps }) => gaps));
    expect(
      fresh.filter(({ id }) => !named.has(id)).map(({ call, subject }) => [call, subject]),
      'gaps that no ledger row names',
    ).toEqual([]);
  }
  expect(report.gate).toMatchObject({ exitCode: 3, complete: false });
}

const keyOf = ({ check, asset }: Judgement): string => `${check} on ${asset}`;

/** The verdict is unknown because of a gap, or it is as before and rests on nothing that was not read. */
function expectSettledOrUnknown({ check, asset, verdict }: Judgement, was: Judgement, assets: ReadonlyMap<string, Asset>): void {
  const place = `${check} on ${asset}`;
  if (verdict.status === 'unknown') {
    if (was.verdict.status === 'unknown') return;
    return expect(
      verdict.because.some((reason) => 'gap' in reason),
      `${place} is unknown without a gap`,
    ).toBe(true);
  }
  expect(verdict.status, place).toBe(was.verdict.status);
  if (verdict.status !== 'pass' && verdict.status !== 'fail') return;
  for (const { path, asset: other } of verdict.evidence) {
    const read = assets.get(other ?? asset);
    if (read !== undefined) expect(unreadAt(read, path), `${place} rests on ${path}, which was not read`).toBeUndefined();
  }
}
