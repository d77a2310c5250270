import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/** The rows of a page, at the path of the operation's list (`Instances.Instance`). What is no object is left to the shape check. */
export function rowsOf(page: JsonObject, path: string): readonly JsonObject[] {
  let value: Json | undefined = page;
  for (const name of path.split('.')) value = isJsonObject(value) ? value[name] : undefined;
  return isJsonList(value) ? value.filter(isJsonObject) : [];
}

/** A member as text; the call's `must` has seen that the identifying ones are there. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
