import { expect, it } from 'vitest';
import type { Asset } from '../../../src/model/asset.ts';
import { assetId, assetType, scopeId } from '../../../src/model/ids.ts';
import { defineCollector } from '../../../src/providers/collector.ts';
import { referencesOf } from '../../../src/scan/images/run-images.ts';

const collector = (asset: string, kind: 'runs' | 'holds') =>
  defineCollector({
    asset,
    per: 'region',
    calls: { list: 'toy:List' },
    facts: { '': 'list#' },
    edges: [{ kind, from: 'image', to: 'oci.repository' }],
  });

const asset = (type: string, image: string): Asset => ({
  id: assetId(`toy:${type}`),
  type: assetType(type),
  name: type,
  scope: scopeId('alibaba', '1', 'cn-hangzhou'),
  facts: { image },
  unread: [],
  hiddenEdges: [],
});

it('images that a registry merely holds are not looked into', () => {
  const collectors = [collector('toy.lab.service', 'runs'), collector('toy.lab.repository', 'holds')];
  const assets = [asset('toy.lab.service', 'r.example.com/a:1'), asset('toy.lab.repository', 'r.example.com/b')];
  expect(referencesOf(assets, collectors, 'ai')).toEqual(['r.example.com/a:1']);
});
