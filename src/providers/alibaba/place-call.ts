import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { isRegion } from '../../model/place.ts';
import type { AlibabaOperation } from './operations.ts';
import { encodeStrictly, type PlacedCall } from './signing-client.ts';

type Texts = { readonly [name: string]: string };

/**
 * Puts parameters where the API expects them: path, query or form. `RegionId` is added where the operation takes one and
 * the caller gave none: ECS and its kin do not read the region from the host.
 */
export function placeCall(operation: AlibabaOperation, params: JsonObject, region: string): PlacedCall {
  const inPath = new Set([...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const pathname = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => pathText(operation, params, name));
  const others = Object.entries(withRegion(operation, params, region)).filter(([name]) => !inPath.has(name));
  const { query, form } = split(operation, others);
  return {
    action: operation.operation,
    version: operation.apiVersion,
    style: operation.style,
    method: operation.httpMethod,
    pathname,
    query: operation.style === 'RPC' ? indexed(query) : joined(query),
    ...(form.length > 0 && { form: indexed(form) }),
  };
}

function pathText(operation: AlibabaOperation, params: JsonObject, name: string): string {
  const value = params[name];
  // An empty segment would turn the call into another one (a listing).
  if (typeof value !== 'string' || value === '') throw new Error(`${operation.id} needs the path parameter "${name}"`);
  return encodeStrictly(value);
}

/**
 * Products that name their sites by a region. Elsewhere `RegionId` narrows the answer to what lies in that region, and is left out.
 * https://www.alibabacloud.com/help/en/waf/web-application-firewall-3-0/developer-reference/api-waf-openapi-2021-10-01-describeinstance
 */
const siteRegions: { readonly [service: string]: { readonly [site: string]: string } } = {
  'waf-openapi-20211001': { mainland: 'cn-hangzhou', international: 'ap-southeast-1' },
  'governance-20210120': { mainland: 'cn-hangzhou', international: 'ap-southeast-1' },
};

function withRegion(operation: AlibabaOperation, params: JsonObject, region: string): JsonObject {
  if (params['RegionId'] !== undefined) return params;
  if (!isRegion(region)) {
    const ofSite = siteRegions[operation.service]?.[region];
    return ofSite === undefined ? params : { RegionId: ofSite, ...params };
  }
  return operation.requestParameters?.includes('RegionId') === true ? { RegionId: region, ...params } : params;
}

type Entries = readonly (readonly [string, Json])[];

function split(operation: AlibabaOperation, entries: Entries): { readonly query: Entries; readonly form: Entries } {
  if (operation.parametersIn === 'query') return { query: entries, form: [] };
  if (operation.parametersIn === 'body') return { query: [], form: entries };
  // LINGJUN's lists: the tags travel in the query, everything else, tokens included, in the form.
  const isQuery = ([name]: Entries[number]): boolean => name === 'Tags';
  return { query: entries.filter(isQuery), form: entries.filter((entry) => !isQuery(entry)) };
}

/** Lists and objects as the RPC style writes them: `Tag.1.Key=…`. */
function indexed(entries: Entries): Texts {
  const texts: Record<string, string> = {};
  const add = (name: string, value: Json): void => {
    if (value === null) return;
    if (isJsonList(value)) value.forEach((item, at) => add(`${name}.${at + 1}`, item));
    else if (isJsonObject(value)) Object.entries(value).forEach(([member, item]) => add(`${name}.${member}`, item));
    else texts[name] = String(value);
  };
  for (const [name, value] of entries) add(name, value);
  return texts;
}

/** Lists and objects as the ROA style writes them: plain lists with commas, everything else as JSON. */
function joined(entries: Entries): Texts {
  const texts: Record<string, string> = {};
  for (const [name, value] of entries) {
    if (value === null) continue;
    const isPlainList = isJsonList(value) && value.every((item) => typeof item !== 'object');
    texts[name] = isPlainList ? value.join(',') : typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return texts;
}
