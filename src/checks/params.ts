import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';

export type Params = { readonly [name: string]: { readonly default: Json; readonly policy?: string } };

/** Values of a check's parameters: the user's policy where it names one, else the default. */
export function valuesOf(params: Params, policy: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(params).map(([name, param]) => [name, (param.policy === undefined ? undefined : policy[param.policy]) ?? param.default]),
  );
}

/** Fills `{name}`: alone it is the value itself, inside of a text its text. What is no parameter stays. */
export function fillParams(json: Json, values: JsonObject): Json {
  if (typeof json === 'string') return fillText(json, values);
  if (Array.isArray(json)) return (json as readonly Json[]).map((one) => fillParams(one, values));
  if (isJsonObject(json)) return Object.fromEntries(Object.entries(json).map(([key, one]) => [key, fillParams(one, values)]));
  return json;
}

/** Names of the parameters that a condition uses. */
export function paramsIn(json: Json): readonly string[] {
  return [...JSON.stringify(json).matchAll(/\{([A-Za-z]\w*)\}/g)].map(([, name]) => name as string);
}

function fillText(text: string, values: JsonObject): Json {
  const alone = /^\{([A-Za-z]\w*)\}$/.exec(text)?.[1];
  if (alone !== undefined && Object.hasOwn(values, alone)) return values[alone] as Json;
  return text.replace(/\{([A-Za-z]\w*)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'string' ? value : JSON.stringify(value);
  });
}
