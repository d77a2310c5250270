import { describe, expect, it } from 'vitest';
import { failedIn, openInstances, topicOf, twinNamed, twinsOf } from '../../../src/providers/alibaba/aispm-results.ts';

describe('states of a check item of Security Center', () => {
  it.each([
    ['NOT_PASS', true],
    ['PASS,NOT_PASS', true],
    ['NOT_PASS, WHITELIST', true],
    ['PASS', false],
    ['WHITELIST', false],
    ['PASS,WHITELIST', false],
    ['CHECKING', undefined],
    ['PASS,NOT_CHECK', undefined],
    ['FAILED', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s', (status, failed) => expect(failedIn(status)).toBe(failed));

  it('are told apart asset by asset, and only those that failed are named', () => {
    expect(
      openInstances([
        { InstanceId: 'eas-m-1', InstanceName: 'chat', RegionId: 'cn-hangzhou', Status: 'NOT_PASS' },
        { InstanceId: 'eas-m-2', InstanceName: 'inside', RegionId: 'cn-hangzhou', Status: 'PASS' },
        { InstanceId: 'eas-m-3', InstanceName: 'later', RegionId: 'cn-hangzhou', Status: 'CHECKING' },
      ]),
    ).toEqual([{ InstanceId: 'eas-m-1', InstanceName: 'chat', RegionId: 'cn-hangzhou', Status: 'NOT_PASS' }]);
  });
});

describe('what an item and a check of ours both ask', () => {
  const eas = { InstanceType: 'PAI', InstanceSubType: 'EAS', CheckShowName: 'The service should not allow public network access' };

  it('is told by the words of its name and by what it is about', () => {
    expect(topicOf(eas)).toBe('eas.service-public-endpoint');
    expect(topicOf({ InstanceType: 'ECS', CheckShowName: 'Instance has no public IP' })).toBe('ecs.instance-public-address');
    expect(topicOf({ ...eas, CheckShowName: 'The service writes logs' })).toBeUndefined();
    expect(topicOf({ InstanceType: 'OSS', CheckShowName: 'Bucket forbids public network access' })).toBeUndefined();
  });

  it('names our assets by region, and by name or id as our ids do', () => {
    const row = { InstanceId: 'eas-m-1', InstanceName: 'chat', RegionId: 'cn-hangzhou' };
    expect(twinsOf({ $topic: 'eas.service-public-endpoint', $openInstances: [row] })).toEqual([
      'eas.service-public-endpoint cn-hangzhou/chat',
    ]);
    expect(twinsOf({ $topic: 'ecs.instance-public-address', $openInstances: [row] })).toEqual([
      'ecs.instance-public-address cn-hangzhou/eas-m-1',
    ]);
    expect(twinsOf({ $openInstances: [row] })).toEqual([]);
    expect(twinNamed('eas.service-public-endpoint cn-hangzhou/chat', 'eas.service-public-endpoint')).toEqual({
      region: 'cn-hangzhou',
      name: 'chat',
    });
    expect(twinNamed('eas.service-public-endpoint cn-hangzhou/chat', 'ecs.instance-public-address')).toBeUndefined();
    expect(twinNamed('eas.service-public-endpoint /chat', 'eas.service-public-endpoint')).toBeUndefined();
  });
});
