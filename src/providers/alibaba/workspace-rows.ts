import type { JsonObject } from '../../model/json.ts';
import type { CollectorApi } from '../collector.ts';
import { rowsOf, textOf } from './listed.ts';

export interface WorkspaceRow {
  readonly row: JsonObject;
  readonly workspace: string;
}

export interface WorkspaceListing {
  /** Where the answer has its rows (`Datasets`). */
  readonly rows: string;
  readonly params?: JsonObject;
  /** What the rows are, in the plural, where their owners may keep them to themselves. */
  readonly mayBePrivate?: { readonly nouns: string; readonly owner: string };
}

/**
 * What belongs to PAI workspaces, one workspace after another: without a workspace in the request the vendor answers for the
 * default one alone, or with an error. PAI asks twice, so a workspace that the caller is no member of is a gap of its own
 * beside what the other workspaces hold. Private things are listed to their owner and to administrators of the workspace
 * only; where no others were listed, that some may exist is a limit.
 * https://www.alibabacloud.com/help/en/pai/user-guide/manage-members-of-the-workspace
 */
export async function* rowsOfWorkspaces(api: CollectorApi<'workspaces' | 'list'>, listing: WorkspaceListing): AsyncGenerator<WorkspaceRow> {
  for await (const page of api.pages('workspaces')) {
    for (const { WorkspaceId: id, WorkspaceName: name } of rowsOf(page, 'Workspaces')) {
      const workspace = textOf(id);
      const owners = new Set<string>();
      for await (const rows of api.pages('list', { ...listing.params, WorkspaceId: workspace }, `workspace ${textOf(name) || workspace}`)) {
        for (const row of rowsOf(rows, listing.rows)) {
          if (row['Accessibility'] === 'PRIVATE') owners.add(textOf(row[listing.mayBePrivate?.owner ?? 'UserId']));
          yield { row, workspace };
        }
      }
      if (listing.mayBePrivate !== undefined && owners.size < 2) api.limit(limitOf(listing.mayBePrivate.nouns));
    }
  }
}

const limitOf = (nouns: string): string =>
  `${nouns} that other members of a PAI workspace keep private: only their owner and administrators of the workspace can list them`;
