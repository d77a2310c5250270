import type { JsonObject } from '../../model/json.ts';
import { ArmError } from './arm-error.ts';
import type { ArmOperation } from './arm-operation.ts';
import { baseOf } from './clouds.ts';

/**
 * The address of a call. Every name goes in percent-encoded: a resource group may hold parentheses and letters of any script.
 * @throws Error for a parameter that the template asks for and nobody gave: a defect of the collector
 */
export function armUrl(arm: URL, operation: ArmOperation, subscription: string, params: JsonObject): URL {
  const { pathTemplate, apiVersion, method } = operation;
  if (pathTemplate === undefined || apiVersion === undefined || method !== 'GET')
    throw new Error(`${operation.id} is no GET of Azure Resource Manager`);
  const path = pathTemplate.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = name === 'subscriptionId' ? subscription : params[name];
    if (typeof value !== 'string') throw new Error(`${operation.id} needs "${name}"`);
    // Names come from listed ids. A dot segment would lead to another resource, an empty one to a listing above.
    if (/^\.{0,2}$/.test(value)) throw new ArmError({ kind: 'malformed', what: `a parent whose id gives no ${name}` });
    return encodeURIComponent(value);
  });
  const url = new URL(baseOf(arm) + path);
  for (const [name, value] of Object.entries(operation.query ?? {})) url.searchParams.set(name, value);
  url.searchParams.set('api-version', apiVersion);
  return url;
}
