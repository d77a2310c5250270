import type { Asset } from '../../src/model/asset.ts';
import { assetId, operationId } from '../../src/model/ids.ts';
import { repositoryType, scopeOfRepository } from '../../src/model/image-rule.ts';
import type { Asked, Inventory } from '../../src/model/inventory.ts';
import type { ImageLocation, SecretMatch } from '../../src/model/secret-match.ts';
import { collectedAt, inventory } from './report-estate.ts';

/** A small hand-made estate of one repository with keys, for tests of findings and reporters. */

export const repository = assetId('oci:registry.example/ml/chat');
export const repositoryScope = scopeOfRepository(repository);

export function repositoryAsset(parts: Partial<Asset> = {}): Asset {
  return {
    id: repository,
    type: repositoryType,
    name: 'registry.example/ml/chat',
    scope: repositoryScope,
    facts: { manifests: [], layers: [] },
    unread: [],
    hiddenEdges: [],
    ...parts,
  };
}

export function askedForImages(parts: Partial<Asked> = {}): Asked {
  return {
    scope: repositoryScope,
    type: repositoryType,
    operations: [operationId('image pull')],
    notAsked: [],
    gaps: [],
    limits: [],
    listingCut: false,
    leadsTo: [],
    ...parts,
  };
}

export function imageInventory(parts: Partial<Inventory> = {}): Inventory {
  return inventory({
    scopes: [{ id: repositoryScope, provider: 'image', account: 'registry.example/ml/chat', region: 'global', collectedAt }],
    asked: [askedForImages()],
    assets: [repositoryAsset()],
    ...parts,
  });
}

export const digestOfKey = (character: string): string => character.repeat(64);

export function keyAt(at: Partial<ImageLocation>, parts: Partial<SecretMatch> = {}): SecretMatch {
  return {
    detector: 'anthropic.api-key',
    issuerCandidates: ['Anthropic'],
    digest: digestOfKey('a'),
    shown: 'sk-ant-api03-****wxyz',
    confidence: 'certain',
    why: 'length and alphabet are right',
    at: {
      kind: 'image',
      asset: repository,
      manifests: [`sha256:${'1'.repeat(64)}`],
      tags: ['1.0'],
      platforms: ['linux/amd64'],
      part: 'layer',
      blob: `sha256:${'2'.repeat(64)}`,
      layerIndex: 3,
      path: 'app/.env',
      line: 7,
      column: 9,
      offset: 120,
      visible: 'final',
      ...at,
    },
    ...parts,
  };
}
