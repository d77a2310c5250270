import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type AnswerModel, answerTypesOf } from '../../scripts/generate/answer-models.ts';
import type { RecordedAnswer } from '../../src/demo/answers.ts';
import { fillObject } from '../../src/demo/fill.ts';
import { isJsonList, isJsonObject, type Json } from '../../src/model/json.ts';
import { fitToShape, shapeOf, type ShapeNode } from '../../src/providers/shape.ts';
import { gapId } from '../../src/model/ids.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const providers = ['aws', 'azure', 'alibaba'];

const models = new Map(
  providers.flatMap((provider) => {
    const entries = JSON.parse(readFileSync(join(root, 'checks/models', `${provider}.json`), 'utf8')) as readonly AnswerModel[];
    return entries.map((model) => [model.id, model] as const);
  }),
);

const files = readdirSync(join(root, 'fixtures'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name === 'answers.json')
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();

test('there are fixtures of every provider', () => {
  for (const provider of providers)
    expect(
      files.some((file) => file.includes(`/${provider}/`)),
      provider,
    ).toBe(true);
});

describe.each(files.map((file) => [relative(root, file), file] as const))('%s', (_, file) => {
  const answers = JSON.parse(readFileSync(file, 'utf8')) as readonly RecordedAnswer[];

  test('holds answers to known calls', () => {
    const unknown = answers.filter(({ operation }) => !models.has(operation)).map(({ operation }) => operation);
    expect(unknown).toEqual([]);
    for (const { operation, answer, error } of answers)
      expect([operation, answer === undefined], 'an answer or an error').toEqual([operation, error !== undefined]);
  });

  test("holds only members of the vendor's model, in its types", () => {
    const problems = answers.flatMap(({ operation, answer }) => {
      if (answer === undefined) return [];
      const shape = shapeOf(answerTypesOf(operation, models));
      if (shape.members.size === 0) return [];
      const filled = fillObject(answer, (detector, number) => `${detector}-${number}`);
      const misfits: string[] = [];
      fitToShape(filled, shape, ({ path, found, wanted }) => {
        misfits.push(`${operation}: ${path} is ${found}, not ${wanted}`);
        return gapId('');
      });
      return [...misfits, ...strangers(filled, shape, '').map((path) => `${operation}: ${path} is no member`)];
    });
    expect(problems).toEqual([]);
  });
});

/** What the envelope of every answer may hold, whatever the operation. */
const envelope = new Set(['nextLink', 'count', 'RequestId', 'requestId', '$metadata']);
const open = new Set(['cut', 'any', 'document', 'map']);

/** Paths of members that the model does not know. */
function strangers(value: Json, shape: ShapeNode, place: string): readonly string[] {
  if (isJsonList(value)) {
    const { items } = shape;
    return items === undefined ? [] : value.flatMap((item, at) => strangers(item, items, `${place}[${at}]`));
  }
  if (!isJsonObject(value)) return [];
  if (shape.type !== undefined && open.has(shape.type) && shape.members.size === 0 && shape.entries === undefined) return [];
  return Object.entries(value).flatMap(([member, inner]) => {
    const node = shape.members.get(member) ?? shape.entries;
    const path = place === '' ? member : `${place}.${member}`;
    if (node !== undefined) return strangers(inner, node, path);
    if (place === '' && envelope.has(member)) return [];
    // A node without anything below it is text in the model, or its inside is not told.
    return shape.members.size === 0 && place !== '' ? [] : [path];
  });
}
