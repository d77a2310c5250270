import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Inventory } from '../../src/model/inventory.ts';
import type { Report } from '../../src/model/report.ts';
import { type Computer, newComputer, runCli } from '../support/run-cli.ts';
import { type Clouds, startClouds } from '../support/start-clouds.ts';

let computer: Computer;
let clouds: Clouds;
beforeAll(async () => {
  computer = await newComputer();
  clouds = await startClouds(computer);
});
afterAll(() => clouds.close());

const allFormats = (name: string) => ['json', 'ndjson', 'sarif', 'table'].flatMap((format) => ['-f', `${format}=${name}.${format}`]);
const scan = (name: string) => runCli(computer, ['scan', ...clouds.all, ...allFormats(name), '--no-evidence'], { env: clouds.env });

test('two scans of the same estate give the same bytes in every format', async () => {
  const [first, second] = [await scan('first'), await scan('second')];
  expect([first.code, second.code]).toEqual([1, 1]);
  for (const format of ['json', 'ndjson', 'sarif', 'table']) {
    const [a, b] = await Promise.all([computer.read(`first.${format}`), computer.read(`second.${format}`)]);
    expect({ format, isSame: a === b, isEmpty: a === '' }).toEqual({ format, isSame: true, isEmpty: false });
  }
});

test('discover then evaluate finds what scan finds', async () => {
  // A scan asks for what its checks read, discover for everything; narrowed alike, they ask alike.
  const { code } = await runCli(computer, ['discover', ...clouds.all, '--check', 'a*', '-o', 'inventory.json'], { env: clouds.env });
  expect(code).toBe(3);
  await runCli(computer, ['evaluate', 'inventory.json', ...allFormats('evaluated'), '--no-evidence']);
  await scan('scanned');
  for (const format of ['json', 'ndjson', 'sarif', 'table']) {
    const [a, b] = await Promise.all([computer.read(`scanned.${format}`), computer.read(`evaluated.${format}`)]);
    expect({ format, isSame: a === b }).toEqual({ format, isSame: true });
  }
});

test('an inventory of everything gives the same verdicts as the scan', async () => {
  await runCli(computer, ['discover', ...clouds.all, '-o', 'everything.json'], { env: clouds.env });
  await runCli(computer, ['evaluate', 'everything.json', '-f', 'json=everything-report.json']);
  await scan('scanned');
  const verdictsOf = async (file: string) => {
    const { findings, verdicts } = JSON.parse(await computer.read(file)) as Report;
    return {
      findings: findings.map(({ fingerprint, rule, asset }) => ({ fingerprint, rule, asset })),
      verdicts: verdicts.map(({ check, asset, verdict }) => [check, asset, verdict.status]),
    };
  };
  expect(await verdictsOf('everything-report.json')).toEqual(await verdictsOf('scanned.json'));
});

test('three shards, judged together, are the whole', async () => {
  await runCli(computer, ['discover', ...clouds.all, '-o', 'whole.json'], { env: clouds.env });
  const parts = await Promise.all(
    [1, 2, 3].map(async (part) => {
      await runCli(computer, ['discover', ...clouds.all, '--shard', `${part}/3`, '-o', `part-${part}.json`], { env: clouds.env });
      return JSON.parse(await computer.read(`part-${part}.json`)) as Inventory;
    }),
  );
  const sizes = parts.map(({ assets }) => assets.length);
  const whole = JSON.parse(await computer.read('whole.json')) as Inventory;
  expect(Math.max(...sizes)).toBeLessThan(whole.assets.length);
  await runCli(computer, ['evaluate', 'part-3.json', 'part-1.json', 'part-2.json', '-f', 'json=shards.json']);
  await runCli(computer, ['evaluate', 'whole.json', '-f', 'json=one.json']);
  const read = async (file: string) => {
    const { selection: _, ...report } = JSON.parse(await computer.read(file)) as Report;
    return report;
  };
  expect(await read('shards.json')).toEqual(await read('one.json'));
});

test('a saved report converts to what the scan would have written', async () => {
  await scan('saved');
  for (const from of ['json', 'ndjson']) {
    const { code } = await runCli(computer, ['convert', `saved.${from}`, ...allFormats(`from-${from}`), '--no-evidence']);
    expect(code).toBe(1);
    for (const format of ['json', 'ndjson', 'sarif', 'table']) {
      const [a, b] = await Promise.all([computer.read(`saved.${format}`), computer.read(`from-${from}.${format}`)]);
      expect({ from, format, isSame: a === b }).toEqual({ from, format, isSame: true });
    }
  }
});

test('reports of the three clouds, put together, hold the findings of the one scan', async () => {
  await scan('together');
  for (const provider of ['aws', 'azure', 'alibaba'] as const)
    await runCli(computer, ['scan', ...clouds[provider], '-f', `json=${provider}.json`], { env: clouds.env });
  const { code } = await runCli(computer, ['convert', 'aws.json', 'azure.json', 'alibaba.json', '-f', 'json=joined.json']);
  expect(code).toBe(1);
  const [whole, joined] = await Promise.all(
    ['together.json', 'joined.json'].map(async (file) => JSON.parse(await computer.read(file)) as Report),
  );
  expect(joined?.findings).toEqual(whole?.findings);
  expect(joined?.counts).toEqual(whole?.counts);
  expect(joined?.gaps).toEqual(whole?.gaps);
});
