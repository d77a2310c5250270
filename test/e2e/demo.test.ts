import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Computer, connectionsOf, newComputer, type Ran, runCli } from '../support/run-cli.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { Report } from '../../src/model/report.ts';
import { startClouds } from '../support/start-clouds.ts';

let computer: Computer;
let ran: Ran;
let report: Report;

beforeAll(async () => {
  computer = await newComputer();
  ran = await runCli(computer, ['demo']);
  report = JSON.parse(await computer.read('aispm-demo/report.json')) as Report;
});

test('the demo exits 0 and says with which code a real scan would have ended', () => {
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 0, stdout: '' });
  expect(ran.stderr).toMatch(
    /A real scan would have ended with exit 1: \d+ findings at or above high \(gate: high\); incomplete: \d+ scopes/,
  );
});

test('the summary names assets, findings, the worst five with a fix each, what could not be seen, and the files', () => {
  for (const label of ['assets', 'findings', 'top', 'coverage', 'limits', 'files', 'next'])
    expect(ran.stderr).toMatch(new RegExp(`^${label} `, 'm'));
  expect(ran.stderr.match(/^ +fix: \S/gm)).toHaveLength(5);
  for (const file of ['inventory.json', 'report.json', 'aispm.sarif']) expect(ran.stderr).toContain(`aispm-demo/${file}`);
});

test('report, SARIF and inventory stand side by side, readable by nobody else', async () => {
  const folder = computer.at('aispm-demo');
  expect((await readdir(folder)).sort()).toEqual(['aispm-evidence', 'aispm.sarif', 'inventory.json', 'report.json']);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) expect((await stat(path.join(entry.parentPath, entry.name))).mode & 0o777).toBe(0o600);
  }
});

test('it shows all three clouds and images, gaps, and a limit', () => {
  expect(new Set(report.scopes.map(({ provider }) => provider))).toEqual(new Set(['aws', 'azure', 'alibaba', 'image']));
  expect(new Set(report.gaps.map(({ scope }) => scope.split('/')[0]))).toEqual(new Set(['aws', 'azure', 'alibaba']));
  expect(report.limits.map(({ reason }) => reason)).toContain('not-activated');
});

test('it talks to this machine and to nothing else', async () => {
  expect(await connectionsOf(computer)).toEqual(['loopback 127.0.0.1']);
});

test('every request of the demo has an answer in its estate', async () => {
  const other = await newComputer();
  const clouds = await startClouds(other);
  try {
    await runCli(other, ['discover', ...clouds.all, '--region', 'alibaba=cn-wulanchabu', '-o', 'inventory.json'], { env: clouds.env });
    expect(clouds.unanswered()).toEqual([]);
    const inventory = JSON.parse(await other.read('inventory.json')) as Inventory;
    // Here no registry answers: what the clouds themselves hold is compared.
    const demo = JSON.parse(await computer.read('aispm-demo/inventory.json')) as Inventory;
    const ofClouds = demo.assets.filter(({ type }) => type !== 'oci.repository');
    expect(inventory.assets.map(({ id }) => id)).toEqual(ofClouds.map(({ id }) => id));
  } finally {
    await clouds.close();
  }
});

test('its saved report converts to the SARIF that it wrote', async () => {
  const { code, stdout } = await runCli(computer, ['convert', 'aispm-demo/report.json', '-f', 'sarif=aispm-demo/again.sarif']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect((await computer.read('aispm-demo/again.sarif')) === (await computer.read('aispm-demo/aispm.sarif'))).toBe(true);
});
