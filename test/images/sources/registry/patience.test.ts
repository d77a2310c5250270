import { expect, test } from 'vitest';
import { createPatience } from '../../../../src/images/sources/registry/patience.ts';
import type { RegistryProblem } from '../../../../src/images/sources/registry/problem.ts';

const slow: RegistryProblem = { kind: 'too-slow', host: 'a.example', what: 'sent nothing for 30 s' };
const down: RegistryProblem = { kind: 'http', host: 'a.example', status: 503 };

test('a registry that is slow to the end of all tries, three times in a row, has one try from then on', () => {
  const patience = createPatience(5);
  patience.gaveUp(slow);
  patience.gaveUp(slow);
  expect(patience.attempts()).toBe(5);
  patience.gaveUp(slow);
  expect(patience.attempts()).toBe(1);
  patience.answered();
  expect(patience.attempts()).toBe(5);
});

test('one that answers in between, or fails at once, keeps all of them', () => {
  const patience = createPatience(5);
  for (let n = 0; n < 10; n += 1) patience.gaveUp(down);
  for (let n = 0; n < 10; n += 1) {
    patience.gaveUp(slow);
    patience.answered();
  }
  expect(patience.attempts()).toBe(5);
});
