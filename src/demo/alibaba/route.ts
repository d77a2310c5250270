import type { JsonObject } from '../../model/json.ts';
import type { AlibabaOperation } from '../../providers/alibaba/operations.ts';
import type { RecordedCall } from '../answers.ts';
import type { LoopbackRequest } from '../loopback.ts';
import { isOss, understandOss } from './oss.ts';

/** What a request calls: action and version say which operation, a ROA path its parameters, `/<region>/<service>` in front of it where. */
export function understand(request: LoopbackRequest, operations: readonly AlibabaOperation[]): RecordedCall | undefined {
  if (isOss(request)) return understandOss(request, operations);
  const { headers, method, url } = request;
  const place = placeIn(url.pathname, operations);
  const candidates = operations.filter(
    ({ operation, apiVersion, httpMethod, service }) =>
      operation === headers['x-acs-action'] &&
      apiVersion === headers['x-acs-version'] &&
      httpMethod === method &&
      (place.service === undefined || place.service === service),
  );
  for (const operation of candidates) {
    const inPath = matchPath(operation.path, place.rest);
    if (inPath === undefined) continue;
    const params = { ...inPath, ...Object.fromEntries(url.searchParams), ...formOf(request) };
    const region = place.region ?? textOf(params['RegionId']) ?? textOf(params['ClusterId']);
    return { operation: operation.id, params, ...(region !== undefined && { region }) };
  }
  return undefined;
}

interface Place {
  readonly region?: string;
  readonly service?: string;
  readonly rest: string;
}

function placeIn(pathname: string, operations: readonly AlibabaOperation[]): Place {
  const [, region, service, rest] = /^\/([^/]+)\/([^/]+)(\/.*)?$/.exec(pathname) ?? [];
  if (region === undefined || !operations.some((operation) => operation.service === service)) return { rest: pathname };
  return { region, ...(service !== undefined && { service }), rest: rest ?? '/' };
}

function matchPath(template: string, pathname: string): JsonObject | undefined {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const pattern = template.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const match = new RegExp(`^${pattern.join('([^/]+)')}$`).exec(pathname);
  if (match === null) return undefined;
  return Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? '')]));
}

function formOf({ headers, body }: LoopbackRequest): JsonObject {
  if (headers['content-type'] !== 'application/x-www-form-urlencoded') return {};
  return Object.fromEntries(new URLSearchParams(body.toString()));
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
