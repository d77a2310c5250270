import type { CollectorApi } from '../collector.ts';
import { rowsOf, textOf } from './listed.ts';

/** Ids of the Model Studio workspaces of a region: what keys, agents and knowledge bases are listed by. */
export async function* workspacesOf(api: CollectorApi<'workspaces'>): AsyncGenerator<string> {
  for await (const page of api.pages('workspaces')) {
    for (const { workspaceId } of rowsOf(page, 'workspaces')) yield textOf(workspaceId);
  }
}
