import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type AnswerModel, answerTypesOf } from '../../scripts/generate/answer-models.ts';
import { type OperationId, operationId, providerNames } from '../../src/model/ids.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { type Step, stepsOf } from '../../src/providers/answer-path.ts';
import { createApi } from '../../src/providers/api.ts';
import { usualRetries } from '../../src/providers/attempt.ts';
import { createCaller } from '../../src/providers/caller.ts';
import { defineCollector } from '../../src/providers/collector.ts';
import { inspectAnswer } from '../../src/providers/inspect-answer.ts';
import { createNotes } from '../../src/providers/notes.ts';
import type { Operation, Transport } from '../../src/providers/provider.ts';
import { providers } from '../../src/providers/providers.generated.ts';
import { factsOfAsset } from '../../src/scan/discover/facts-of-asset.ts';
import { assetId } from '../../src/model/ids.ts';
import { secretTools } from '../support/secret-tools.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const canary = 'canary-5f2b9d7c41e8';
const tools = await secretTools();

/** Everything that may be wrong with a value: the right form, and forms that no vendor should send. */
const forms: { readonly [name: string]: (steps: readonly Step[]) => Json } = {
  'in its place': (steps) => place(steps, canary),
  'as an object': (steps) => place(steps, { inner: { deep: canary } }),
  'as a list': (steps) => place(steps, [canary]),
  'with a text in the place of what holds it': (steps) => place(steps.slice(0, -1), `x ${canary}`),
  'with a list in the place of what holds it': (steps) => place(steps.slice(0, -1), [[canary]]),
};

function place(steps: readonly Step[], value: Json): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (step === 'items') return [place(rest, value)];
  return { [step === 'entries' ? 'ENTRY' : step.member]: place(rest, value) };
}

describe.each(providerNames)('%s', (name) => {
  test('no value at a secret-carrying path survives, whatever its form', async () => {
    const { operations, types } = await catalogueOf(name);
    const survived: string[] = [];
    let tried = 0;
    for (const operation of operations.values()) {
      for (const path of operation.secretResponsePaths ?? []) {
        const itemsAt = typeof operation['itemsAt'] === 'string' ? `${operation['itemsAt']}.` : '';
        for (const [form, build] of Object.entries(forms)) {
          const steps = stepsOf(itemsAt + path);
          const answer = build(steps);
          // The whole answer in another form than an object is refused as such, with nothing of it quoted.
          if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) continue;
          tried += 1;
          // Without the vendor's types as well: masking may not lean on the comparison of shapes that comes after it.
          for (const known of [types, new Map<string, AnswerModel>()]) {
            const left = await readThrough(operation, answer as JsonObject, known);
            if (left.includes('5f2b9d7c41e8')) survived.push(`${operation.id} ${path} ${form}`);
          }
        }
      }
    }
    expect(survived).toEqual([]);
    expect(tried).toBeGreaterThan(100);
  });
});

async function catalogueOf(name: string): Promise<{
  readonly operations: ReadonlyMap<OperationId, Operation>;
  readonly types: ReadonlyMap<string, AnswerModel>;
}> {
  const provider = await providers[name]?.();
  if (provider === undefined) throw new Error(`no provider ${name}`);
  const entries = JSON.parse(readFileSync(join(root, 'checks/models', `${name}.json`), 'utf8')) as readonly AnswerModel[];
  return { operations: await provider.operations(), types: new Map(entries.map((model) => [model.id, model])) };
}

/** Everything that a run would say of the answer: facts, secrets, gaps, log. */
async function readThrough(operation: Operation, answer: JsonObject, models: ReadonlyMap<string, AnswerModel>): Promise<string> {
  const allowed: Operation = { ...operation, use: 'allowed', mintsCredentials: false };
  const said: unknown[] = [];
  const notes = createNotes((gap) => void said.push(gap));
  const transport: Transport = {
    send: async () => answer,
    next: () => undefined,
    listPath: () => undefined,
    refusal: () => ({ kind: 'none' }),
    bucket: () => 'one',
    close: () => {},
  };
  const target = { account: '1', partition: 'p', regions: ['r'], session: undefined };
  const caller = createCaller({
    provider: 'aws',
    transport,
    limits: { ...usualRetries, timeoutMs: 1000, perService: 1, inAll: 1 },
    world: {
      now: () => 0,
      random: () => 0,
      sleep: async () => {},
      interruption: { isAsked: () => false, listen: () => () => {} },
      onWaiting: (...event) => void said.push(event),
      onCall: (_, region, outcome) => void said.push([region, outcome]),
    },
    notes,
    secrets: tools,
    types: models.has(operation.id) ? { [operation.id]: answerTypesOf(operation.id, models) } : {},
    keep: new Map(),
  });
  const collector = defineCollector({ asset: 'aws.any.thing', per: 'region', calls: { get: operation.id }, facts: { '': 'get#' } });
  const scope = { provider: 'aws', account: '1', region: 'r', partition: 'p' } as const;
  const operations = new Map([[operation.id, allowed]]);
  const { api, log } = createApi({
    caller,
    notes,
    collector,
    operations,
    target,
    scope,
    phase: 'read',
    asked: () => true,
    allowed: new Set(),
  });
  const item = { id: assetId('a'), name: 'a', key: {} };
  const result = { '': await api.call('get') };
  const read = factsOfAsset({ collector, item, result, log, scope, secretsIn: (text) => caller.secretsIn(text) });
  return JSON.stringify([said, notes.gaps(), read, result]);
}

test('a key in free text is masked in its place and reported', () => {
  const key = tools.fill('openai.api-key', 1);
  const operation: Operation = { id: operationId('x:Get'), use: 'allowed', freeTextResponsePaths: ['Note', 'Tags{}'] };
  const { answer, masked } = inspectAnswer({ Note: `use ${key} here`, Tags: { a: 'plain' }, Other: 1 }, operation, {}, tools);
  expect(JSON.stringify(answer)).not.toContain(key);
  expect(answer).toEqual({ Note: expect.stringMatching(/^use \S*\*\*\*\*\S* here$/), Tags: { a: 'plain' }, Other: 1 });
  expect(masked.map(({ secrets }) => secrets.map(({ detector }) => detector))).toEqual([['openai.api-key']]);
});
