import { expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { type FaultRule, startFaultProxy } from '../support/fault-proxy.ts';
import { keyOf, repositoryWith, startLab } from '../support/image-lab.ts';
import { newComputer, runCli } from '../support/run-cli.ts';
import { startClouds } from '../support/start-clouds.ts';

const noise = Array.from({ length: 30_000 }, (_, n) => `${n * 7919} `).join('');
const image = (number: number) => ({
  layers: [[['data/large.txt', `${noise}${number}`]], [['app/.env', `KEY=${keyOf('anthropic.api-key', number)}\n`]]] as const,
});

const of = (name: string, fault: FaultRule['fault'], times?: number): FaultRule => ({
  path: new RegExp(`/v2/${name}/blobs/`),
  fault,
  ...(times !== undefined && { times }),
});

/** Repository → what happens to its blobs, and the reasons of the gaps in the end. */
const cases = {
  resets: { rules: [of('resets', { kind: 'reset', after: 2000 }, 2)], reasons: [] },
  ranges: { rules: [of('ranges', { kind: 'reset', after: 2000 }, 1), of('ranges', { kind: 'range-ignored' })], reasons: [] },
  patience: { rules: [of('patience', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, 2)], reasons: [] },
  date: {
    rules: [of('date', { kind: 'status', status: 429, headers: { 'retry-after': new Date(Date.now() + 1000).toUTCString() } }, 1)],
    reasons: [],
  },
  lengths: { rules: [of('lengths', { kind: 'no-length' })], reasons: [] },
  types: { rules: [of('types', { kind: 'headers', set: { 'content-type': 'text/html' } })], reasons: [] },
  digests: { rules: [of('digests', { kind: 'headers', set: { 'docker-content-digest': 'sha256:0' } })], reasons: [] },
  stalls: { rules: [of('stalls', { kind: 'stall', after: 500 })], reasons: ['unavailable'] },
  flips: { rules: [of('flips', { kind: 'flip', at: 20 })], reasons: ['malformed'] },
  // The configuration, and a layer: each comes right when it is asked for once more.
  changed: { rules: [of('changed', { kind: 'flip', at: 20 }, 1), { ...of('changed', { kind: 'flip', at: 20 }, 1), skip: 1 }], reasons: [] },
  limits: { rules: [of('limits', { kind: 'status', status: 429, headers: { 'retry-after': '3600' } })], reasons: ['throttled'] },
  refusals: { rules: [of('refusals', { kind: 'status', status: 403 })], reasons: ['denied'] },
  outages: { rules: [of('outages', { kind: 'status', status: 503 })], reasons: ['unavailable'] },
  endless: { rules: [of('endless', { kind: 'endless' })], reasons: ['too-large'] },
} as const satisfies { readonly [name: string]: { readonly rules: readonly FaultRule[]; readonly reasons: readonly string[] } };

const names = Object.keys(cases) as (keyof typeof cases)[];

test('aispm image: whatever a registry does ends in the finding or in a gap that names it, each in its own repository', async () => {
  const lab = await startLab(
    Object.fromEntries(await Promise.all(names.map(async (name, at) => [name, await repositoryWith(image(at))] as const))),
  );
  const proxy = await startFaultProxy(
    lab.origin,
    names.flatMap((name) => cases[name].rules),
  );
  onTestFinished(async () => void (await Promise.all([proxy.close(), lab.close()])));
  const started = Date.now();
  const references = names.map((name) => `${proxy.host}/${name}`);
  const { code, stdout, stderr, why } = await runCli(await newComputer(), ['image', ...references, '--timeout', '1s', '-f', 'json']);
  expect(Date.now() - started).toBeLessThan(120_000);
  expect([code, why]).toEqual([1, expect.stringContaining('incomplete: 6 scopes not fully read')]);
  expect(stderr).not.toMatch(/\n {4}at /);
  const { findings, gaps } = JSON.parse(stdout) as Report;
  const reasonsOf = (name: string) => [
    ...new Set(gaps.filter(({ scope }) => scope === `image/${proxy.host}/${name}/global`).map(({ reason }) => reason)),
  ];
  expect(Object.fromEntries(names.map((name) => [name, reasonsOf(name)]))).toEqual(
    Object.fromEntries(names.map((name) => [name, cases[name].reasons])),
  );
  const found = new Set(findings.map(({ assetName }) => assetName.slice(assetName.indexOf('/') + 1)));
  for (const name of names) if (cases[name].reasons.length === 0) expect(found, name).toContain(name);
}, 180_000);

test('aispm scan: what breaks on the way to one image is a gap of it, and the others are read', async () => {
  const computer = await newComputer();
  const lab = await startLab({
    'pai-eas/chat-llm': await repositoryWith(image(1)),
    'pai-eas/comfyui': await repositoryWith({ ...image(2), tag: '2.3' }),
  });
  const proxy = await startFaultProxy(lab.origin, [
    { path: /chat-llm\/blobs/, fault: { kind: 'reset', after: 1000 }, times: 2 },
    { path: /comfyui\/manifests/, fault: { kind: 'status', status: 503 } },
  ]);
  const clouds = await startClouds(computer);
  onTestFinished(async () => void (await Promise.all([proxy.close(), lab.close(), clouds.close()])));
  const env = { ...clouds.env, AISPM_IMAGES: 'ai', AISPM_ENDPOINT: `${clouds.env['AISPM_ENDPOINT']},registry=${proxy.origin}` };
  const { stdout } = await runCli(computer, ['scan', ...clouds.alibaba, '--check', 'alibaba.eas.*', '-f', 'json'], { env });
  const { findings, gaps } = JSON.parse(stdout) as Report;
  expect(
    findings.filter(({ assetType }) => assetType === 'oci.repository').map(({ assetName, rule }) => [assetName.split('/').at(-1), rule]),
  ).toEqual([['chat-llm', 'secret.anthropic.api-key']]);
  const ofImages = gaps
    .filter(({ scope }) => scope.startsWith('image/'))
    .map(({ scope, reason, detail }) => [scope.split('/').at(-2), reason, detail]);
  expect(ofImages).toContainEqual(['comfyui', 'unavailable', expect.stringContaining('answered 503')]);
  expect(ofImages.some(([name]) => name === 'chat-llm')).toBe(false);
}, 120_000);
