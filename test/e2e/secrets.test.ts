import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordedAnswer } from '../../src/demo/answers.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Report } from '../../src/model/report.ts';
import { loadDetectors } from '../../src/secrets/detectors/detectors.ts';
import { exampleInContext } from '../../src/secrets/detectors/example.ts';
import { type Computer, newComputer, type Ran, runCli } from '../support/run-cli.ts';
import { type Clouds, startClouds } from '../support/start-clouds.ts';

let computer: Computer;
let clouds: Clouds;
let canaries: readonly string[];
const runs: Ran[] = [];
const userData = 'ecs-20140526:DescribeUserData';

/** One key of every detector, new in each run, wherever an answer of the estate can carry a secret. */
beforeAll(async () => {
  computer = await newComputer();
  const seed = randomBytes(8).toString('hex');
  const examples = (await loadDetectors()).map((detector) => exampleInContext(detector, seed));
  // Short ones, such as a password of the generic detectors, could stand in an output by chance.
  const password = `canary-${randomBytes(12).toString('hex')}`;
  canaries = [...examples.map(({ key }) => key).filter((key) => key.length >= 16), password];
  const script = [
    '#!/bin/bash',
    `export DB_PASSWORD=${password}`,
    ...examples.map(({ before, key, after }) => `${before}${key}${after}`),
  ].join('\n');
  clouds = await startClouds(computer, {
    answers: (_, demo) => [...demo.map((entry) => planted(entry, script, examples)), ...userDataAnswers(script)],
  });
  const scanned = ['scan', ...clouds.all, '--allow', userData];
  const more = ['--debug', '--verbose', '--include-pass', '--include-waived'];
  for (const args of [
    [
      ...scanned,
      '-f',
      'table=all.txt',
      '-f',
      'json=report.json',
      '-f',
      'sarif=out.sarif',
      '-f',
      'ndjson=report.ndjson',
      ...more,
      '--evidence',
      'evidence',
    ],
    [...scanned, '-f', 'table', '--color'],
    ['discover', ...clouds.all, '--allow', userData, '-o', 'inventory.json', '--debug', '--verbose'],
    ['discover', ...clouds.all],
    ['doctor', ...clouds.all, '--debug', '--json'],
    ['evaluate', 'inventory.json', '-f', 'json', '--include-pass', '--debug'],
    ['convert', 'report.json', '-f', 'sarif', '--sarif-full', '--debug'],
  ])
    runs.push(await runCli(computer, args, { env: clouds.env }));
}, 120_000);
afterAll(() => clouds.close());

type Examples = readonly { readonly key: string; readonly before: string }[];

function planted(entry: RecordedAnswer, script: string, examples: Examples): RecordedAnswer {
  if (entry.answer === undefined) return entry;
  const { answer } = entry;
  const inBase64 = { Content: Buffer.from(script).toString('base64') };
  if (entry.operation === 'sagemaker:DescribeNotebookInstanceLifecycleConfig')
    return { ...entry, answer: { ...answer, OnStart: [inBase64], OnCreate: [inBase64] } };
  if (entry.operation === 'eas-20210701:DescribeService')
    return {
      ...entry,
      answer: { ...answer, ServiceConfig: serviceConfig(script, examples), AppConfig: script, AccessToken: canaries.at(-1) ?? '' },
    };
  return entry;
}

function serviceConfig(script: string, examples: Examples): JsonObject {
  const env = examples.map(({ key, before }, at) => ({ name: `${before.replaceAll(/\W/g, '_').toUpperCase()}KEY_${at}`, value: key }));
  return {
    $json: { metadata: { name: 'chat' }, containers: [{ image: 'x', env, script: `python app.py ${canaries.at(-1)}`, command: script }] },
  };
}

function userDataAnswers(script: string): readonly RecordedAnswer[] {
  return [
    {
      operation: userData,
      answer: { InstanceId: 'i-bp1gpu0001', RegionId: 'cn-hangzhou', UserData: Buffer.from(script).toString('base64') },
    },
  ];
}

const leaked = (text: string): readonly string[] =>
  canaries.filter((key) =>
    [key, Buffer.from(key).toString('base64').replace(/=+$/, ''), encodeURIComponent(key), JSON.stringify(key).slice(1, -1)].some((form) =>
      text.includes(form),
    ),
  );

test('the keys were found: the estate did serve them', async () => {
  const { secrets, findings } = JSON.parse(await computer.read('report.json')) as Report;
  expect(new Set(secrets.map(({ detector }) => detector)).size).toBeGreaterThan(60);
  expect(findings.map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(['aws.sagemaker.notebook-lifecycle-script-secret', 'alibaba.eas.service-plaintext-secret']),
  );
  expect(clouds.calls().map(({ operation }) => operation)).toEqual(
    expect.arrayContaining(['sagemaker:DescribeNotebookInstanceLifecycleConfig', 'eas-20210701:DescribeService']),
  );
});

test('no key stands in what any command printed', () => {
  for (const { code, stdout, stderr } of runs) {
    expect([0, 1, 3]).toContain(code);
    expect(leaked(stdout)).toEqual([]);
    expect(leaked(stderr)).toEqual([]);
  }
});

test('no key and no credential stands in any file that was written, and all of them are private', async () => {
  const files = (await readdir(computer.cwd, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(5);
  for (const { parentPath, name } of files) {
    const file = path.join(parentPath, name);
    const text = await readFile(file, 'utf8');
    expect({ name, leaked: [...leaked(text), ...clouds.keys.filter((key) => text.includes(key))] }).toEqual({ name, leaked: [] });
    expect({ name, mode: (await stat(file)).mode & 0o777 }).toEqual({ name, mode: 0o600 });
  }
});

test('no credential of the scan stands in what any command printed', () => {
  for (const { stdout, stderr } of runs) expect(clouds.keys.filter((key) => (stdout + stderr).includes(key))).toEqual([]);
});
