import type { Answer } from '../collector.ts';
import { isJsonObject, type Json, type JsonObject, objectsIn } from '../../model/json.ts';

/** The rows of a page, at the path of the operation's list (`Instances.Instance`). What is no object is left to the shape check. */
export function rowsOf(page: JsonObject, path: string): readonly JsonObject[] {
  let value: Json | undefined = page;
  for (const name of path.split('.')) value = isJsonObject(value) ? value[name] : undefined;
  return objectsIn(value);
}

/** A member as text; the call's `must` has seen that the identifying ones are there. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What people call a thing; its id where nobody gave it a name. */
export function nameOr(name: Json | undefined, id: string): string {
  return typeof name === 'string' && name !== '' ? name : id;
}

/** Other rows made of those of a listing; what was unreadable in a row goes along with it. Refusals stay as they are. */
export function mapRows<T extends Json>(rows: Answer<readonly Json[]>, change: (rows: readonly JsonObject[]) => T): Answer<T> {
  return 'value' in rows ? { value: change(rows.value.filter(isJsonObject)) } : rows;
}

/** The first row of a listing that fits; `none` where no row does. */
export function firstRow(rows: Answer<readonly Json[]>, fits: (row: JsonObject) => boolean): Answer {
  const found = mapRows(rows, (all) => all.filter(fits).slice(0, 1));
  if (!('value' in found)) return found;
  const [row] = found.value;
  return row === undefined ? { none: true } : { value: row };
}
