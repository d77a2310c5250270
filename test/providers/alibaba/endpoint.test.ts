import { describe, expect, it } from 'vitest';
import { siteNames } from '../../../src/model/place.ts';
import { endpointOf, knownRegions, loadEndpointRules } from '../../../src/providers/alibaba/endpoint.ts';

const rules = await loadEndpointRules();

function hostOf(service: string, region: string): string {
  const endpoint = endpointOf(rules, service, region);
  return endpoint.kind === 'at' ? endpoint.origin.href : 'none';
}

describe('endpoints of Alibaba Cloud', () => {
  it('follow the rule of the product, and its exceptions', () => {
    expect(hostOf('eas-20210701', 'cn-beijing')).toBe('https://pai-eas.cn-beijing.aliyuncs.com/');
    expect(hostOf('ecs-20140526', 'cn-hangzhou')).toBe('https://ecs-cn-hangzhou.aliyuncs.com/');
    expect(hostOf('ecs-20140526', 'us-west-1')).toBe('https://ecs.us-west-1.aliyuncs.com/');
    expect(hostOf('ram-20150501', 'global')).toBe('https://ram.aliyuncs.com/');
    expect(hostOf('sts-20150401', 'global')).toBe('https://sts.aliyuncs.com/');
    expect(hostOf('sas-20181203', 'ap-northeast-1')).toBe('https://tds.ap-southeast-1.aliyuncs.com/');
  });

  it('of products that keep the sites apart are two', () => {
    expect(hostOf('sas-20181203', 'mainland')).toBe('https://tds.cn-shanghai.aliyuncs.com/');
    expect(hostOf('sas-20181203', 'international')).toBe('https://tds.ap-southeast-1.aliyuncs.com/');
    expect(hostOf('cloudfw-20171207', 'mainland')).toBe('https://cloudfw.cn-hangzhou.aliyuncs.com/');
    expect(hostOf('eas-20210701', 'mainland')).toBe('none');
  });

  it('of such a product answer for every region at the site that the region belongs to', () => {
    expect(hostOf('resourcedirectorymaster-20220419', 'cn-hangzhou')).toBe('https://resourcedirectory.aliyuncs.com/');
    expect(hostOf('resourcedirectorymaster-20220419', 'cn-hongkong')).toBe('https://resourcedirectory-intl.aliyuncs.com/');
    expect(hostOf('resourcedirectorymaster-20220419', 'eu-central-1')).toBe('https://resourcedirectory-intl.aliyuncs.com/');
  });

  it('are none where the product does not exist', () => {
    expect(hostOf('eflo-controller-20221215', 'us-west-1')).toBe('none');
    expect(hostOf('unheard-of', 'cn-hangzhou')).toBe('none');
  });

  it('of ECS are there in every region that ECS lists, known or not', () => {
    expect(hostOf('ecs-20140526', 'xx-new-1')).toBe('https://ecs.xx-new-1.aliyuncs.com/');
    expect(knownRegions(rules)).toEqual(expect.arrayContaining(['cn-hangzhou', 'eu-central-1']));
  });

  it('all belong to the vendor', () => {
    const hosts = [...rules.values()].flatMap(({ id }) => [...knownRegions(rules), ...siteNames].map((region) => hostOf(id, region)));
    expect(hosts.filter((host) => host !== 'none' && !/^https:\/\/[a-z0-9.-]+\.aliyuncs\.com\/$/.test(host))).toEqual([]);
  });
});
