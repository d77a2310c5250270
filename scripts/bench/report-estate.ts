import type { Asset } from '../../src/model/asset.ts';
import { fingerprintOf } from '../../src/model/fingerprint.ts';
import { assetId, assetType, scopeId } from '../../src/model/ids.ts';
import type { Finding } from '../../src/model/report.ts';
import type { ReportStream } from '../../src/report/reporter.ts';
import { checkOf } from '../../src/checks/document.ts';
import { assemble } from '../../src/scan/judge/assemble.ts';
import { findingsOf } from '../../src/scan/judge/findings-of.ts';

const assetCount = 200;
const scope = scopeId('aws', '111122223333', 'us-east-1');

const check = checkOf({
  id: 'aws.ec2.security-group-port-open',
  title: 'No port of an AI service is open to the world',
  severity: 'critical',
  asset: 'aws.ec2.security-group',
  because: 'Model servers answer whoever can reach them.',
  each: { path: 'rules[]', key: 'id' },
  expect: { path: 'open', is: false, absent: true },
  fix: {
    kind: 'command',
    do: 'Revoke the rule',
    steps: [{ run: ['aws', 'ec2', 'revoke-security-group-ingress', '--group-id', '{fact.id}', '--security-group-rule-ids', '{element}'] }],
    undo: 'cannot be undone: the rule has to be written again',
  },
});

/** A report of any number of findings, made one at a time, about the elements of some assets. */
export function reportOf(findings: number): ReportStream {
  const perAsset = findings / assetCount;
  const assets = Array.from({ length: assetCount }, (_, at) => assetNumber(at));
  const { findings: _, ...head } = assemble({
    inventory: {
      schemaVersion: '1.0',
      tool: { name: 'aispm', version: '0.1.0' },
      scopes: [{ id: scope, provider: 'aws', account: '111122223333', region: 'us-east-1', collectedAt: '2026-01-01T00:00:00Z' }],
      asked: [],
      assets,
      edges: [],
      secrets: [],
      gaps: [],
      limits: [],
      notConfigured: [],
      selection: [],
    },
    judgements: [],
    checks: [check],
    frameworks: [],
    failOn: 'high',
    includePass: false,
  });
  return { head, findings: findingsAbout(assets, perAsset) };
}

function* findingsAbout(assets: readonly Asset[], perAsset: number): Generator<Finding> {
  for (const asset of assets) {
    const [finding] = findingsOf(check, asset, [{ path: 'rules[0].open', found: true, wanted: 'false', element: 'rule' }]);
    if (finding === undefined) throw new Error('the check of this bench finds nothing');
    for (let at = 0; at < perAsset; at++) {
      const place = `sgr-${String(at).padStart(6, '0')}`;
      const evidence = [{ path: `rules[${at % 50}].open`, found: true, wanted: 'false', element: place }];
      yield { ...finding, place, evidence, fingerprint: fingerprintOf(finding.rule, asset.id, place) };
    }
  }
}

function assetNumber(at: number): Asset {
  const name = `sg-${String(at).padStart(4, '0')}`;
  const rules = Array.from({ length: 50 }, (_, rule) => ({ id: `sgr-${rule}`, port: 8000 + rule, cidr: '0.0.0.0/0', open: true }));
  return {
    id: assetId(`arn:aws:ec2:us-east-1:111122223333:security-group/${name}`),
    type: assetType('aws.ec2.security-group'),
    name,
    scope,
    facts: { id: name, rules },
    unread: [],
    hiddenEdges: [],
  };
}
