import type { JsonObject } from '../../model/json.ts';
import type { LoopbackRequest } from '../loopback.ts';

/** What the double reads of an operation in the catalogue. */
export interface ArmCall {
  readonly id: string;
  readonly method: string;
  readonly pathTemplate: string;
  readonly apiVersion: string;
  readonly armAction: string;
}

export interface ArmRoute {
  readonly call: ArmCall;
  readonly subscription?: string;
  /** Names of the path, and what the query holds beside the version. */
  readonly params: JsonObject;
}

/** Every GET of the catalogue that goes to Azure Resource Manager. */
export async function readArmCalls(): Promise<readonly ArmCall[]> {
  const { default: rows } = await import('../../providers/azure/operations.json', { with: { type: 'json' } });
  // Registry calls and derived facts have no path template; all other rows have these members.
  return (rows as unknown as readonly ArmCall[]).filter((row) => row.pathTemplate !== undefined);
}

/** The operation that a request is, as Azure finds it: without regard to the case of the path. */
export function findRoute(calls: readonly ArmCall[], { method, url }: LoopbackRequest): ArmRoute | undefined {
  for (const call of calls) {
    if (call.method !== method) continue;
    const match = patternOf(call).exec(url.pathname);
    if (match === null) continue;
    const { subscriptionId, ...names } = decoded(match.groups ?? {});
    const query = Object.fromEntries([...url.searchParams].filter(([name]) => name !== 'api-version'));
    return { call, ...(subscriptionId !== undefined && { subscription: subscriptionId }), params: { ...names, ...query } };
  }
  return undefined;
}

/** The path of a call for these names: what a link to a further page leads to. */
export function pathOf({ pathTemplate }: ArmCall, subscription: string | undefined, params: JsonObject): string {
  return pathTemplate.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = name === 'subscriptionId' ? subscription : params[name];
    return encodeURIComponent(typeof value === 'string' ? value : '');
  });
}

function patternOf({ pathTemplate }: ArmCall): RegExp {
  const escaped = pathTemplate.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`, 'i');
}

function decoded(groups: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}
