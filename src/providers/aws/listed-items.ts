import { assetId } from '../../model/ids.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Item } from '../collector.ts';

export interface Identifiers {
  /** Member that holds the ARN, or how the ARN is made of the others. */
  readonly id: string | ((item: JsonObject) => string);
  readonly name: string;
  /** Members that the detail calls need. */
  readonly key?: readonly string[];
}

/** The items of one page of a listing. The call's `must` proves that the identifying members are there. */
export function* listedItems(page: JsonObject, list: string, { id, name, key = [] }: Identifiers): Iterable<Item> {
  const items = page[list];
  for (const item of isJsonList(items) ? items : []) {
    if (!isJsonObject(item)) continue;
    yield {
      id: assetId(typeof id === 'string' ? textOf(item[id]) : id(item)),
      name: textOf(item[name]),
      key: Object.fromEntries(key.map((member) => [member, item[member] ?? null])),
      item,
    };
  }
}

const textOf = (json: Json | undefined) => (typeof json === 'string' ? json : '');
