import { describe, expect, it } from 'vitest';
import { operationId } from '../../../src/model/ids.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { type AlibabaOperation, loadOperations } from '../../../src/providers/alibaba/operations.ts';
import { nextPage, withPageSize } from '../../../src/providers/alibaba/paging.ts';

const operations = await loadOperations();

function operation(id: string): AlibabaOperation {
  const found = operations.get(operationId(id));
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

const next = (id: string, params: JsonObject, answer: JsonObject, rowsSoFar: number) => nextPage(operation(id), params, answer, rowsSoFar);

describe('pages of Alibaba Cloud', () => {
  it('by number go on until the total is reached, however few rows a page has', () => {
    const page = { Services: [{}, {}], TotalCount: 5 };
    expect(next('eas-20210701:ListServices', {}, page, 2)).toEqual({ PageNumber: 2 });
    expect(next('eas-20210701:ListServices', { PageNumber: 2 }, page, 4)).toEqual({ PageNumber: 3 });
    expect(next('eas-20210701:ListServices', { PageNumber: 3 }, { Services: [{}], TotalCount: 5 }, 5)).toBeUndefined();
  });

  it('by number end with an empty page, also where there is no total', () => {
    expect(next('eas-20210701:ListServices', {}, { Services: [{}] }, 1)).toEqual({ PageNumber: 2 });
    expect(next('eas-20210701:ListServices', { PageNumber: 2 }, { Services: [], TotalCount: 5 }, 1)).toBeUndefined();
  });

  it('understand totals that are text, and totals inside', () => {
    expect(next('cr-20181201:ListNamespace', {}, { Namespaces: [{}], TotalCount: '2' }, 1)).toEqual({ PageNo: 2 });
    expect(next('cr-20181201:ListNamespace', { PageNo: 2 }, { Namespaces: [{}], TotalCount: '2' }, 2)).toBeUndefined();
    expect(next('eflo-20220530:ListVpds', {}, { Content: { Data: [{}], Total: 2 } }, 1)).toEqual({ PageNumber: 2 });
    expect(next('sas-20181203:ListCheckItems', {}, { CheckItems: [{}], PageInfo: { TotalCount: 2 } }, 1)).toEqual({ CurrentPage: 2 });
    expect(next('agentrun-20250910:ListTemplates', { pageNumber: 2 }, { data: { items: [{}], total: 9 } }, 4)).toEqual({ pageNumber: 3 });
  });

  it('by number that stay on the first page are an error, not a loop', () => {
    const page = { Services: [{}], TotalCount: 99, PageNumber: 1 };
    expect(() => next('eas-20210701:ListServices', { PageNumber: 2 }, page, 2)).toThrow('is page 1, where page 2 was asked for');
  });

  it('that say inside of an envelope which page they are are believed there', () => {
    const page = { data: { items: [{}], total: 99, pageNumber: 1 } };
    expect(() => next('agentrun-20250910:ListTemplates', { pageNumber: 2 }, page, 2)).toThrow('is page 1, where page 2 was asked for');
  });

  it('by token go on until it is empty, and mind no total', () => {
    const id = 'ecs-20140526:DescribeInstances';
    const page = { Instances: { Instance: [] }, TotalCount: 0 };
    expect(next(id, { MaxResults: 100 }, { ...page, NextToken: 'a' }, 0)).toEqual({ MaxResults: 100, NextToken: 'a' });
    expect(next(id, { NextToken: 'a' }, { ...page, NextToken: '' }, 0)).toBeUndefined();
    expect(next(id, { NextToken: 'a' }, page, 0)).toBeUndefined();
    expect(next('modelstudio-20260210:ListWorkspaces', {}, { workspaces: [], nextToken: 'b' }, 0)).toEqual({ nextToken: 'b' });
  });

  it('by token that repeats are an error, not a loop', () => {
    expect(() => next('eflo-controller-20221215:ListClusters', { NextToken: 'a' }, { Clusters: [], NextToken: 'a' }, 0)).toThrow(
      'names the same next page again and again',
    );
  });

  it('by marker go on while the answer says that it was cut', () => {
    expect(next('ram-20150501:ListRoles', {}, { IsTruncated: true, Marker: 'm' }, 9)).toEqual({ Marker: 'm' });
    expect(next('ram-20150501:ListRoles', { Marker: 'm' }, { IsTruncated: false, Marker: 'm' }, 9)).toBeUndefined();
  });

  it('are asked for by the size parameter that the operation takes', () => {
    expect(withPageSize(operation('ecs-20140526:DescribeInstances'), {})).toEqual({ MaxResults: 100 });
    expect(withPageSize(operation('ecs-20140526:DescribeInstanceRamRole'), {})).toEqual({ PageSize: 50 });
    expect(withPageSize(operation('ram-20150501:ListRoles'), {})).toEqual({ MaxItems: 100 });
    expect(withPageSize(operation('sas-20181203:GetAssetsPropertyDetail'), {})).toEqual({ UseNextToken: true, PageSize: 100 });
    expect(withPageSize(operation('eas-20210701:DescribeService'), {})).toEqual({});
    expect(withPageSize(operation('eas-20210701:ListServices'), { PageSize: 7 })).toEqual({ PageSize: 7 });
  });

  it('of every listing have a place for their rows', () => {
    const without = [...operations.values()].filter(
      ({ pagination, listPath, use }) => use === 'allowed' && pagination.family !== 'none' && listPath === undefined,
    );
    expect(without.map(({ id }) => id)).toEqual([]);
  });
});
