import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { type AlibabaOperation, besideTotal } from './operations.ts';
import { UnusableAnswer } from './unusable-answer.ts';

/** Calls whose pages may not be as large as the others'. */
const smallPages: { readonly [operation: string]: number } = {
  'ecs-20140526:DescribeInstanceRamRole': 50,
  'cloudfw-20171207:DescribeAssetList': 50,
  // A hundred of these rows make answers of megabytes.
  'sas-20181203:DescribeCloudCenterInstances': 50,
  'sas-20181203:ListCheckResult': 50,
  'sas-20181203:ListCheckInstanceResult': 50,
};
/** And calls whose pages may be larger, so that fewer are needed. */
const largePages: { readonly [operation: string]: number } = { 'oss-20190517:ListBuckets': 1000 };
const usualPageSize = 100;

/**
 * Parameters with the page size, where a call pages. Token paging is taken where there is a choice: ECS is withdrawing
 * page numbers, and its `TotalCount` means nothing beside a token.
 */
export function withPageSize(operation: AlibabaOperation, params: JsonObject): JsonObject {
  const name = sizeParameter(operation);
  if (name === undefined || params[name] !== undefined) return params;
  const size = smallPages[operation.id] ?? largePages[operation.id] ?? usualPageSize;
  const useToken = operation.pagination.parameters.includes('UseNextToken');
  return { ...params, ...(useToken && { UseNextToken: true }), [name]: size };
}

function sizeParameter({ pagination }: AlibabaOperation): string | undefined {
  const order =
    pagination.family === 'page' ? ['PageSize', 'pageSize'] : ['MaxResults', 'maxResults', 'MaxItems', 'max-keys', 'PageSize', 'pageSize'];
  return order.find((name) => pagination.parameters.includes(name));
}

/**
 * Parameters of the next page, or `undefined` after the last. `rowsSoFar` counts all pages including this one.
 * Throws `UnusableAnswer` when the vendor names the page that was just read as the next one: following it would never end.
 */
export function nextPage(operation: AlibabaOperation, params: JsonObject, answer: JsonObject, rowsSoFar: number): JsonObject | undefined {
  const { family } = operation.pagination;
  if (family === 'none') return undefined;
  if (family === 'marker') return nextMarker(operation, params, answer);
  if (family === 'page') return nextNumber(operation, params, answer, rowsSoFar);
  return nextToken(operation, params, answer);
}

function nextMarker(operation: AlibabaOperation, params: JsonObject, answer: JsonObject): JsonObject | undefined {
  if (answer['IsTruncated'] !== true && answer['IsTruncated'] !== 'true') return undefined;
  const name = operation.pagination.parameters.includes('marker') ? 'marker' : 'Marker';
  return withToken(params, name, at(answer, operation.pagination.tokenPath ?? name));
}

function nextToken(operation: AlibabaOperation, params: JsonObject, answer: JsonObject): JsonObject | undefined {
  const name = operation.pagination.parameters.includes('nextToken') ? 'nextToken' : 'NextToken';
  return withToken(params, name, at(answer, operation.pagination.tokenPath ?? name));
}

function withToken(params: JsonObject, name: string, token: Json | undefined): JsonObject | undefined {
  if (token === undefined || token === null || token === '') return undefined;
  if (token === params[name]) throw new UnusableAnswer('names the same next page again and again');
  return { ...params, [name]: token };
}

function nextNumber(operation: AlibabaOperation, params: JsonObject, answer: JsonObject, rowsSoFar: number): JsonObject | undefined {
  const rows = operation.listPath === undefined ? undefined : at(answer, operation.listPath.slice(0, -2));
  // Never by the size that was asked for: a service may give fewer rows per page than that.
  if (!isJsonList(rows) || rows.length === 0) return undefined;
  const total = count(at(answer, operation.pagination.totalPath ?? 'TotalCount'));
  if (total !== undefined && rowsSoFar >= total) return undefined;
  const name = operation.pagination.parameters.find((parameter) => /^(page(Number|No)|CurrentPage)$/i.test(parameter));
  if (name === undefined) return undefined;
  const asked = count(params[name]) ?? 1;
  const echoed = count(at(answer, besideTotal(operation, name)) ?? answer[name]);
  if (echoed !== undefined && echoed < asked) throw new UnusableAnswer(`is page ${echoed}, where page ${asked} was asked for`);
  return { ...params, [name]: asked + 1 };
}

/** Some products send their counts as text. */
function count(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function at(answer: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = answer;
  for (const name of path.split('.')) value = isJsonObject(value) ? value[name] : undefined;
  return value;
}
