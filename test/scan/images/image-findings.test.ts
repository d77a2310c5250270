import { expect, test } from 'vitest';
import { accountOf, regionOf } from '../../../src/model/finding-order.ts';
import { gapId } from '../../../src/model/ids.ts';
import { assemble } from '../../../src/scan/judge/assemble.ts';
import { imageFindings, imageJudgements } from '../../../src/scan/images/image-findings.ts';
import { imageRules } from '../../../src/scan/images/image-rules.ts';
import { mergeInventories } from '../../../src/scan/merge.ts';
import { loadDetectors } from '../../../src/secrets/detectors/detectors.ts';
import {
  askedForImages,
  digestOfKey,
  imageInventory,
  keyAt,
  repository,
  repositoryAsset,
  repositoryScope,
} from '../../support/image-estate.ts';
import { gap } from '../../support/report-estate.ts';

const rules = imageRules(await loadDetectors());

function report(parts: Parameters<typeof imageInventory>[0], more: Partial<Parameters<typeof assemble>[0]> = {}) {
  return assemble({
    inventory: imageInventory(parts),
    judgements: [],
    checks: [],
    frameworks: [],
    imageRules: rules,
    failOn: 'high',
    includePass: false,
    ...more,
  });
}

test('a key in many places of a repository is one finding, and all the places are its locations', () => {
  const places = [
    keyAt({ path: 'app/.env' }),
    keyAt({ path: 'app/.env', blob: `sha256:${'3'.repeat(64)}`, layerIndex: 5, visible: 'deleted' }),
    keyAt({ part: 'config', path: 'config.Env[2]', tags: ['2.0'] }),
  ];
  const [finding, ...others] = imageFindings(imageInventory({ secrets: places }), rules);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    rule: 'secret.anthropic.api-key',
    asset: repository,
    scope: repositoryScope,
    place: digestOfKey('a'),
    severity: 'critical',
    title: 'Images hold no key of Anthropic (api key)',
  });
  expect(finding?.locations.map((at) => at.kind === 'image' && [at.part, at.path, at.visible])).toEqual([
    ['layer', 'app/.env', 'final'],
    ['config', 'config.Env[2]', 'final'],
    ['layer', 'app/.env', 'deleted'],
  ]);
  expect(finding?.fix.do).toMatch(/console\.anthropic|claude\.com/);
});

test('a rebuild moves the key to another layer and tag, and opens no new alert', () => {
  const before = imageFindings(imageInventory({ secrets: [keyAt({})] }), rules);
  const after = imageFindings(
    imageInventory({ secrets: [keyAt({ path: 'srv/.env', tags: ['9'], blob: `sha256:${'9'.repeat(64)}`, manifests: ['sha256:9'] })] }),
    rules,
  );
  expect(after[0]?.fingerprint).toBe(before[0]?.fingerprint);
});

test("the user's own key for digests changes no fingerprint", () => {
  const plain = imageFindings(imageInventory({ secrets: [keyAt({})] }), rules);
  const keyed = keyAt({}, { digest: digestOfKey('f'), publicDigest: digestOfKey('a') });
  expect(imageFindings(imageInventory({ secrets: [keyed] }), rules)[0]?.fingerprint).toBe(plain[0]?.fingerprint);
});

test('a key too short for a digest is known by its path', () => {
  const { digest: _, ...low } = keyAt({ path: 'app/settings.py' });
  const [finding] = imageFindings(imageInventory({ secrets: [{ ...low, confidence: 'possible' }] }), rules);
  expect([finding?.place, finding?.severity]).toEqual(['app/settings.py', 'medium']);
});

test('a key that context names in one place and not in another is one finding, under the surest name', () => {
  const shared = keyAt({ path: 'a.txt' }, { detector: 'shared.sk-32-hex', confidence: 'possible', issuerCandidates: ['A', 'B'] });
  const named = keyAt({ path: 'b.txt' }, { detector: 'deepseek.api-key', confidence: 'likely' });
  expect(imageFindings(imageInventory({ secrets: [shared, named] }), rules).map(({ rule, severity }) => [rule, severity])).toEqual([
    ['secret.deepseek.api-key', 'high'],
  ]);
});

test("of names that are as sure, an issuer's own comes before one that several share, and then the first by the alphabet", () => {
  const as = (detector: string, path: string) => keyAt({ path }, { detector, confidence: 'possible' });
  const ruleOf = (...secrets: readonly ReturnType<typeof keyAt>[]) =>
    imageFindings(imageInventory({ secrets }), rules).map(({ rule }) => rule);
  expect(ruleOf(as('shared.32-hex', 'a'), as('together.api-key', 'b'))).toEqual(['secret.together.api-key']);
  expect(ruleOf(as('together.api-key', 'a'), as('assemblyai.api-key', 'b'))).toEqual(['secret.assemblyai.api-key']);
});

test('two keys of one file that are too short for digests are two findings where their kinds differ', () => {
  const short = (detector: string) => {
    const { digest: _, ...low } = keyAt({ path: 'app/settings.py' }, { detector });
    return low;
  };
  const found = imageFindings(
    imageInventory({ secrets: [short('anthropic.api-key'), short('openai.api-key'), short('openai.api-key')] }),
    rules,
  );
  expect(found.map(({ rule, place }) => [rule, place])).toEqual([
    ['secret.anthropic.api-key', 'app/settings.py'],
    ['secret.openai.api-key', 'app/settings.py'],
  ]);
});

test('every detector has its rule, with where to rotate', async () => {
  const detectors = await loadDetectors();
  const byId = new Map<string, (typeof rules)[number]>(rules.map((rule) => [rule.id, rule]));
  for (const { id, rotate } of detectors) expect(byId.get(`secret.${id}`)?.fix.do, id).toContain(rotate.see);
});

test('a repository that was not fully read and shows no key is unknown, never clean', () => {
  const missed = gap({ id: 'gap:layer', call: 'image layer', scope: repositoryScope, reason: 'unavailable' });
  const parts = {
    gaps: [missed],
    asked: [askedForImages({ gaps: [missed.id] })],
    assets: [repositoryAsset({ unread: [{ prefix: 'layers', why: { gap: gapId('gap:layer') } }] })],
  };
  expect(imageJudgements(imageInventory(parts))[0]?.verdict).toEqual({ status: 'unknown', because: [{ gap: 'gap:layer' }] });
  const { gate, ledger } = report(parts);
  const unanswered = ['oci.repository.keys', 'oci.repository.model-files'];
  expect([gate.exitCode, ledger]).toEqual([
    3,
    unanswered.map((check) => ({
      check,
      scope: repositoryScope,
      pass: 0,
      fail: 0,
      unknown: 1,
      notApplicable: 0,
      manual: 0,
      gaps: ['gap:layer'],
      limits: [],
    })),
  ]);
});

test('the gate counts keys in images, and the report holds the rules that were broken and no others', () => {
  const { gate, checks, ledger } = report({ secrets: [keyAt({})] });
  expect([gate.exitCode, checks.map(({ id }) => id), ledger.map(({ check, fail }) => [check, fail])]).toEqual([
    1,
    ['oci.repository.keys', 'oci.repository.model-files', 'secret.anthropic.api-key'],
    [
      ['oci.repository.keys', 1],
      ['oci.repository.model-files', 0],
    ],
  ]);
});

test('a finding is carried while its image cannot be read, and dropped once the image was read without it', () => {
  const previous = report({ secrets: [keyAt({})] });
  const missed = gap({ id: 'gap:layer', call: 'image layer', scope: repositoryScope, reason: 'unavailable' });
  const unread = report(
    {
      gaps: [missed],
      asked: [askedForImages({ gaps: [missed.id] })],
      assets: [repositoryAsset({ unread: [{ prefix: 'layers', why: { gap: missed.id } }] })],
    },
    { previous, knownChecks: new Set() },
  );
  expect(unread.findings.map(({ severity, carried }) => [severity, carried?.why])).toEqual([['critical', 'unknown']]);
  expect(unread.checks.map(({ id }) => id)).toContain('secret.anthropic.api-key');
  expect(report({}, { previous, knownChecks: new Set() }).findings).toEqual([]);
  const elsewhere = report({ asked: [], assets: [], scopes: [] }, { previous, knownChecks: new Set() });
  expect(elsewhere.findings.map(({ carried }) => carried?.why)).toEqual(['not-selected']);
});

test('a repository is an account of its own, so that each has its own upload category', () => {
  expect([accountOf(repositoryScope), regionOf(repositoryScope)]).toEqual(['image/registry.example/ml/chat', 'global']);
});

test('two inventories of one repository merge to the keys of both', () => {
  const one = imageInventory({ secrets: [keyAt({})] });
  const two = imageInventory({ secrets: [keyAt({ path: 'other' })] });
  expect(mergeInventories([one, two]).secrets.map(({ at }) => at.path)).toEqual(['app/.env', 'other']);
});
