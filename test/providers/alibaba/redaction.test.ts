import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAlibabaDouble } from '../../../src/demo/alibaba/double.ts';
import type { RecordedAnswer } from '../../../src/demo/answers.ts';
import type { Loopback } from '../../../src/demo/loopback.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { OperationId } from '../../../src/model/ids.ts';
import { type Step, stepsOf } from '../../../src/providers/answer-path.ts';
import { createApi } from '../../../src/providers/api.ts';
import { usualRetries } from '../../../src/providers/attempt.ts';
import { type Caller, createCaller } from '../../../src/providers/caller.ts';
import { defineCollector } from '../../../src/providers/collector.ts';
import { interruptionBy } from '../../../src/providers/interruption.ts';
import { type AlibabaOperation, loadOperations } from '../../../src/providers/alibaba/operations.ts';
import alibaba from '../../../src/providers/alibaba/provider.ts';
import { createNotes, type Notes } from '../../../src/providers/notes.ts';
import { answerTypes } from '../../../src/providers/shapes.generated.ts';
import { secretTools } from '../../support/secret-tools.ts';
import { connectOptions, environmentOf, randomAccount, type Ready, ready } from './connect.ts';

const tools = await secretTools();
const key = tools.fill('openai.project-key', 1);
const operations = [...(await loadOperations()).values()];
const forCollectors = operations.filter(({ use }) => use === 'allowed' || use === 'opt-in');
const kept = new Map<OperationId, { [path: string]: readonly string[] }>();
for (const { operation, keep = {} } of alibaba.collectors.flatMap(({ calls }) => Object.values(calls))) {
  kept.set(operation, { ...kept.get(operation), ...keep });
}

/** The ways in which a vendor packs a key into a member; kept members get one too. */
const forms: { readonly [form: string]: (members: readonly string[]) => Json } = {
  plain: () => key,
  'a map': () => ({ TOKEN: key, OTHER: 'x' }),
  'a list': () => [{ name: 'TOKEN', value: key }],
  'JSON in a text': (members) => JSON.stringify({ env: [{ name: 'TOKEN', value: key }], ...holding(members) }),
  'base64 of a script': () => Buffer.from(`#!/bin/sh\nexport TOKEN=${key}\n`).toString('base64'),
  'base64 of JSON': () => Buffer.from(JSON.stringify({ TOKEN: key })).toString('base64'),
};

function holding(members: readonly string[]): JsonObject {
  return members.reduce<JsonObject>((object, member) => merge(object, built(stepsOf(member), key)), {});
}

/** An answer with this value at the path. */
function built(steps: readonly Step[], value: Json): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (step === 'items') return [built(rest, value)];
  if (step === 'entries') return { one: built(rest, value) };
  return { [step.member]: built(rest, value) };
}

function merge(a: Json, b: Json): JsonObject {
  const [left, right] = [a as JsonObject, b as JsonObject];
  const both = Object.keys(right).filter((name) => Object.hasOwn(left, name));
  const merged = both.map((name) => {
    const [x, y] = [left[name], right[name]];
    if (Array.isArray(x) && Array.isArray(y)) return [name, [mergeAny(x[0] as Json, y[0] as Json)]] as const;
    return [name, mergeAny(x as Json, y as Json)] as const;
  });
  return { ...left, ...right, ...Object.fromEntries(merged) };
}

function mergeAny(a: Json, b: Json): Json {
  const isObject = (value: Json): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject(a) && isObject(b) ? merge(a, b) : b;
}

let answer: RecordedAnswer;
let double: Loopback;
let connection: Ready;
let caller: Caller;
let notes: Notes;
const said: string[] = [];

beforeAll(async () => {
  const account = randomAccount();
  double = await startAlibabaDouble({ accounts: [account], answers: [] });
  connection = await ready(connectOptions(double, { env: environmentOf(account), debug: (line) => void said.push(line) }));
  await double.close();
  const types = await answerTypes('alibaba');
  notes = createNotes();
  caller = createCaller({
    provider: 'alibaba',
    // The answer as the vendor's transport would hand it on: read, and not looked into.
    transport: { ...connection.transport, send: async () => answer.answer ?? {} },
    limits: { ...usualRetries, timeoutMs: 5000, perService: 8, inAll: 64 },
    world: {
      now: () => Date.now(),
      random: () => 0,
      sleep: async () => {},
      interruption: interruptionBy(new AbortController().signal),
      onWaiting: () => {},
      onCall: () => {},
    },
    notes,
    secrets: tools,
    types,
    keep: kept,
  });
});
afterAll(() => double.close().catch(() => {}));

let asked = 0;
async function outcomeOf(operation: AlibabaOperation, body: JsonObject): Promise<string> {
  answer = { operation: operation.id, answer: body };
  asked += 1;
  const outcome = await caller.page({ operation, params: { asked }, target: connection.targets[0]!, region: 'cn-hangzhou' });
  return JSON.stringify([outcome, notes.gaps(), notes.limits(), said]);
}

const carrying = forCollectors.filter(({ secretResponsePaths = [] }) => secretResponsePaths.length > 0);
const speaking = forCollectors.filter(({ freeTextResponsePaths = [] }) => freeTextResponsePaths.length > 0);

describe('keys in answers of Alibaba Cloud', () => {
  it('stand in many places of the catalogue', () => {
    expect([carrying.length > 12, speaking.length > 12]).toEqual([true, true]);
  });

  it.each(carrying.map((operation) => [operation.id, operation] as const))(
    '%s lets none through, however it is packed',
    async (_, operation) => {
      for (const [form, pack] of Object.entries(forms)) {
        for (const path of operation.secretResponsePaths ?? []) {
          const value = pack(kept.get(operation.id)?.[path] ?? []);
          const text = await outcomeOf(operation, built(stepsOf(path), value) as JsonObject);
          expect(text.includes(key), `${path} as ${form}`).toBe(false);
          expect(text.includes(Buffer.from(key).toString('base64').slice(2, 24)), `${path} as ${form}, in base64`).toBe(false);
          expect(text.includes('"$inspected":true'), `${path} as ${form} was not inspected`).toBe(true);
        }
      }
    },
  );

  it.each(speaking.map((operation) => [operation.id, operation] as const))(
    '%s is printed with its free texts masked',
    async (_, operation) => {
      for (const path of operation.freeTextResponsePaths ?? []) {
        const text = await outcomeOf(operation, built(stepsOf(path), `call it with ${key} please`) as JsonObject);
        expect(text.includes(key), path).toBe(false);
      }
    },
  );
});

describe('calls that mint or hand out credentials', () => {
  const minting = operations.filter(
    ({ use, mintsCredentials }) => mintsCredentials === true || use === 'forbidden' || use === 'credentials-port',
  );

  it('are declared by no collector', () => {
    const declared = new Set(alibaba.collectors.flatMap(({ calls }) => Object.values(calls).map(({ operation }) => operation)));
    expect([minting.length > 20, minting.filter(({ id }) => declared.has(id))]).toEqual([true, []]);
  });

  it.each(minting.map((operation) => [operation.id, operation] as const))(
    '%s cannot be reached by a collector that declares it',
    async (id, operation) => {
      const collector = defineCollector({ asset: 'alibaba.toy.thing', per: 'account', calls: { it: id }, facts: { '': 'it#' } });
      const scope = { provider: 'alibaba', account: '1', partition: 'alibaba', region: 'global' } as const;
      for (const phase of ['list', 'read'] as const) {
        const { api } = createApi({
          caller,
          notes,
          collector,
          operations: new Map([[operation.id, operation]]),
          target: connection.targets[0]!,
          scope,
          phase,
          asked: () => true,
          allowed: new Set([operation.id]),
        });
        await expect(api.call('it')).rejects.toThrow('is not for collectors');
        await expect(api.all('it')).rejects.toThrow('is not for collectors');
      }
    },
  );

  it('are not sent even by the transport, where they are forbidden', async () => {
    for (const operation of minting.filter(({ use }) => use === 'forbidden')) {
      const request = {
        operation,
        params: {},
        target: connection.targets[0]!,
        region: 'cn-hangzhou',
        signal: new AbortController().signal,
      };
      await expect(connection.transport.send(request), operation.id).rejects.toThrow('may never be called');
    }
  });
});
