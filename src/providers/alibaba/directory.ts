import { type Json, objectsIn } from '../../model/json.ts';
import type { Answer, CollectorApi, ScopeContext } from '../collector.ts';
import { mapRows, textOf } from './listed.ts';

/** The one declaration of the call that names the accounts of the organization. */
export const listAccounts = { operation: 'resourcedirectorymaster-20220419:ListAccounts', must: ['Accounts.Account[].AccountId'] } as const;

/**
 * Ids of the accounts of the resource directory; asked for only where something is shared with an account at all. An account that
 * belongs to no directory stands alone.
 */
export async function directoryOf(api: CollectorApi<'directory'>, isNeeded: boolean): Promise<Answer<Json>> {
  if (!isNeeded) return { value: [] };
  const answer = await api.all('directory', {});
  if ('gone' in answer || 'none' in answer) return { value: [] };
  return mapRows(answer, (rows) => rows.map(({ AccountId }) => textOf(AccountId)));
}

/** Those of the accounts that are neither the scanned one nor in its directory. */
export function accountsOutside(
  accounts: Json | undefined,
  member: string,
  directory: Json | undefined,
  scope: ScopeContext,
): readonly string[] {
  const inside = new Set([scope.account, ...(Array.isArray(directory) ? directory.map(String) : [])]);
  const named = objectsIn(accounts).map((row) => textOf(row[member]));
  return [...new Set(named)].filter((account) => account !== '' && !inside.has(account)).sort();
}
