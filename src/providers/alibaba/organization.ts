import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { operationId } from '../../model/ids.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { Refusal, Target, TargetLimit } from '../provider.ts';
import { textOf } from './listed.ts';
import { type Read, type Reader, readOnce } from './sign-in.ts';

/** Made by the vendor in every account that a resource directory creates. */
export const usualRole = 'ResourceDirectoryAccountAccessRole';

export interface Members {
  /** Ids of the accounts that can be entered, the one that lists them left out. */
  readonly accounts: readonly string[];
  /** Members that are not there to be read: being created or deleted. */
  readonly limits: readonly TargetLimit[];
}

const listAccounts = operationId('resourcedirectorymaster-20220419:ListAccounts');

/**
 * All members of the resource directory that the account manages. Whoever asks for an organization and has none made a
 * mistake that only they can mend: a UsageError.
 */
export async function membersOf(target: Target, reader: Reader): Promise<Read<Members>> {
  const found = await readPages(target, reader);
  if ('value' in found) return { value: sortMembers(found.value, target.account) };
  if ('problem' in found) return found;
  throw new UsageError(`the Alibaba Cloud account "${target.account}" has no resource directory`, {
    hint: 'leave out --org, or use credentials of the management account',
  });
}

type Limit = Extract<Refusal, { readonly kind: 'limit' }>;

async function readPages(target: Target, reader: Reader): Promise<Read<readonly JsonObject[]> | { readonly limit: Limit }> {
  const rows: JsonObject[] = [];
  for (let params: JsonObject | undefined = {}; params !== undefined; ) {
    const page: Awaited<ReturnType<typeof readOnce>> = await readOnce(listAccounts, target, 'global', reader, params);
    if (!('value' in page)) return page;
    const found = accountsIn(page.value);
    if (found === undefined) {
      const detail = 'Alibaba Cloud did not say which accounts the resource directory has';
      return { problem: { account: target.account, reason: 'malformed', detail } };
    }
    rows.push(...found);
    const operation = reader.operations.get(listAccounts);
    params = operation === undefined ? undefined : reader.transport.next(operation, params, page.value, rows.length);
  }
  return { value: rows };
}

function accountsIn({ Accounts: accounts }: JsonObject): readonly JsonObject[] | undefined {
  const list: Json | undefined = isJsonObject(accounts) ? accounts['Account'] : undefined;
  const isWhole = isJsonList(list) && list.every((entry) => isJsonObject(entry) && typeof entry['AccountId'] === 'string');
  return isWhole ? (list as readonly JsonObject[]) : undefined; // each entry was looked at
}

function sortMembers(rows: readonly JsonObject[], own: string): Members {
  const accounts = new Set<string>();
  const limits: TargetLimit[] = [];
  for (const row of rows) {
    const account = textOf(row['AccountId']);
    if (account === own) continue;
    const state = absenceOf(row);
    if (state === undefined) accounts.add(account);
    else limits.push({ account: own, reason: 'not-activated', subject: `the member account ${account} (${state})` });
  }
  return { accounts: [...accounts].sort(), limits };
}

/** https://www.alibabacloud.com/help/en/resource-management/resource-directory/developer-reference/api-resourcedirectorymaster-2022-04-19-getaccount */
function absenceOf({ Status: status, DeletionStatus: deletion }: JsonObject): string | undefined {
  if (deletion === 'Deleting') return 'being deleted';
  return typeof status === 'string' && /^(Create|Invite)(?!Success$)\w+$/.test(status) ? status : undefined;
}
