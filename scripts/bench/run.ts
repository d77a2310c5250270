/**
 * npm run bench [-- NAME…] [-- --json] [-- --strict]
 * A name also stands for those that begin with it: `image` for `image-cpu`.
 * Prints ratios and differences measured in one run: seconds belong to a machine, ratios mostly do not.
 * With --strict a missed goal is a failure.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Bench, compare, table } from './compare.ts';

const ending = '.bench.ts';
const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith('-'));
const names = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name === word || name.startsWith(`${word}-`)))
  .sort();

const results = [];
for (const name of names) {
  const { default: bench } = (await import(`./${name}${ending}`)) as { readonly default: Bench };
  const rows = await compare(bench);
  results.push({ name, unit: bench.unit, rows });
  if (!words.includes('--json')) process.stdout.write(`${table(bench, rows)}\n`);
}
if (words.includes('--json')) process.stdout.write(`${JSON.stringify({ node: process.version, results }, null, 2)}\n`);
if (words.includes('--strict') && results.some(({ rows }) => rows.some(({ good }) => good === false))) process.exitCode = 1;
