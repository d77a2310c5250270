import { isJsonList, isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Item } from '../collector.ts';
import { armAssetId } from './arm-id.ts';

/** The resources of one page of a listing, as Azure sent them. */
export function resourcesOf({ value }: JsonObject): readonly JsonObject[] {
  return isJsonList(value) ? value.filter(isJsonObject) : [];
}

/** A listed resource as an item whose facts are its raw JSON; `undefined` without an id: nothing could be said about it. */
export function itemOf(resource: JsonObject, key: JsonObject = {}): Item | undefined {
  const { id, name } = resource;
  if (typeof id !== 'string' || id === '') return undefined;
  return { id: armAssetId(id), name: typeof name === 'string' ? name : id, key, item: resource };
}
