import { describe, expect, it } from 'vitest';
import { assetId } from '../../../src/model/ids.ts';
import { siteNames } from '../../../src/model/place.ts';
import { defineCollector } from '../../../src/providers/collector.ts';
import { endpointOf, knownRegions, loadEndpointRules } from '../../../src/providers/alibaba/endpoint.ts';
import alibaba from '../../../src/providers/alibaba/provider.ts';
import { replay } from '../../support/collector-cases.ts';

const edition = defineCollector({
  asset: 'alibaba.toy.edition',
  per: 'site',
  calls: { list: 'sas-20181203:DescribeVersionConfig' },
  facts: { '': 'list#' },
  async *list(api, { account, region }) {
    const answer = await api.call('list');
    if ('value' in answer) {
      yield { id: assetId(`aispm:alibaba:${account}:${region}:alibaba.toy.edition`), name: region, key: {}, item: answer.value };
    }
  },
});

const answers = [
  { operation: 'sas-20181203:DescribeVersionConfig', region: 'mainland', answer: { MergedVersion: 3 } },
  { operation: 'sas-20181203:DescribeVersionConfig', region: 'international', answer: { MergedVersion: 1 } },
];

describe('products with two sites', () => {
  it('are asked at both, and what they say is added up', async () => {
    const { inventory } = await replay({ provider: alibaba, collectors: [edition] }, answers);
    expect(inventory.assets.map(({ scope, facts }) => [scope, facts])).toEqual([
      ['alibaba/1234567890123456/international', { MergedVersion: 1 }],
      ['alibaba/1234567890123456/mainland', { MergedVersion: 3 }],
    ]);
  });

  it('keep what one site says when the other refuses, and the refusal is a gap of its own', async () => {
    const faults = ({ region }: { readonly region?: string }) => (region === 'mainland' ? ('refused' as const) : undefined);
    const { inventory } = await replay({ provider: alibaba, collectors: [edition] }, answers, { faults });
    expect(inventory.assets.map(({ scope }) => scope)).toEqual(['alibaba/1234567890123456/international']);
    expect(inventory.gaps.map(({ scope, call, reason }) => [scope, call, reason])).toEqual([
      ['alibaba/1234567890123456/mainland', 'sas-20181203:DescribeVersionConfig', 'denied'],
    ]);
  });

  it('whose one site does not know the key end nothing at the other', async () => {
    const error = { status: 404, code: 'InvalidAccessKeyId.NotFound', message: 'Specified access key is not found.' };
    const [mainland, international] = answers;
    const { inventory } = await replay({ provider: alibaba, collectors: [edition] }, [
      { operation: mainland!.operation, region: 'mainland', error },
      international!,
    ]);
    expect(inventory.assets.map(({ scope }) => scope)).toEqual(['alibaba/1234567890123456/international']);
    expect(inventory.gaps.map(({ scope, reason }) => [scope, reason])).toEqual([['alibaba/1234567890123456/mainland', 'denied']]);
  });
});

describe('every collector', () => {
  it('asks its calls where they have an endpoint', async () => {
    const [rules, operations] = await Promise.all([loadEndpointRules(), alibaba.operations()]);
    const placesOf = { account: ['global'], site: siteNames, region: knownRegions(rules), referenced: [...knownRegions(rules), 'global'] };
    for (const { asset, per, calls } of alibaba.collectors) {
      for (const { operation: id } of Object.values(calls)) {
        const service = operations.get(id)?.service;
        const answering = placesOf[per].filter((place) => endpointOf(rules, String(service), place).kind === 'at');
        expect(answering.length, `${asset}: ${id} has no endpoint where it is asked (per ${per})`).toBeGreaterThan(0);
      }
    }
  });
});
