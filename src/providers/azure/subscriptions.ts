import { isJsonList, isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Refusal, TargetProblem } from '../provider.ts';
import { readAnswer } from './arm-answer.ts';
import { ArmError } from './arm-error.ts';
import type { ArmOperation } from './arm-operation.ts';
import type { ArmReader } from './arm-reader.ts';
import { armUrl } from './arm-url.ts';
import { nextPage } from './origin-guard.ts';
import { toGap } from './to-gap.ts';

export interface Subscription {
  readonly id: string;
  readonly name: string;
}

export interface ListOptions {
  readonly read: ArmReader;
  readonly arm: URL;
  readonly operation: ArmOperation;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Every subscription that the caller can see, or why they could not be listed. */
export async function listSubscriptions(
  options: ListOptions,
): Promise<{ readonly found: readonly Subscription[] } | { readonly refusal: Refusal }> {
  const { operation, arm } = options;
  const found: Subscription[] = [];
  const seen = new Set<string>();
  try {
    for (let url: URL | undefined = armUrl(arm, operation, '', {}); url !== undefined; ) {
      if (seen.has(url.href)) throw new ArmError({ kind: 'malformed', what: 'a next page that was there before' });
      seen.add(url.href);
      const page = await readPage(url, options);
      found.push(...subscriptionsOf(page));
      const link = page['nextLink'];
      url = typeof link === 'string' && link !== '' ? nextPage(link, arm.origin) : undefined;
    }
    return { found };
  } catch (error) {
    return { refusal: toGap(error, operation) };
  }
}

const attempts = 3;

// Before there is a target there is no guarded call to try again for us.
async function readPage(url: URL, { read, operation, signal, now }: ListOptions): Promise<JsonObject> {
  for (let attempt = 1; ; attempt++) {
    try {
      return readAnswer(await read(url, signal), operation, now());
    } catch (error) {
      const refusal = toGap(error, operation);
      if (attempt >= attempts || refusal.kind !== 'gap' || !refusal.retryable) throw error;
      await new Promise((done) => setTimeout(done, Math.min(refusal.retryAfterMs ?? 500 * attempt, 10_000)));
    }
  }
}

/** A disabled subscription is read-only, and reading is all that is done; only a deleted one is left out. */
function subscriptionsOf({ value }: JsonObject): Subscription[] {
  return (isJsonList(value) ? value : []).filter(isJsonObject).flatMap(({ subscriptionId, displayName, state }) => {
    if (typeof subscriptionId !== 'string' || subscriptionId === '' || state === 'Deleted') return [];
    return [{ id: subscriptionId.toLowerCase(), name: typeof displayName === 'string' ? displayName : '' }];
  });
}

/** The subscriptions that the user named by id or display name; all visible ones where none is named. */
export function chooseSubscriptions(
  visible: readonly Subscription[],
  wanted: readonly string[],
  caller: string,
): { readonly chosen: readonly Subscription[]; readonly problems: readonly TargetProblem[]; readonly unknown: readonly string[] } {
  if (wanted.length === 0) return { chosen: visible, problems: [], unknown: [] };
  const isWanted = ({ id, name }: Subscription, want: string) => id === want.toLowerCase() || name === want;
  const missing = wanted.filter((want) => !visible.some((subscription) => isWanted(subscription, want)));
  return {
    chosen: visible.filter((subscription) => wanted.some((want) => isWanted(subscription, want))),
    // An id may well exist: not to see it and not to be allowed to look the same.
    problems: missing.filter(isId).map((account) => ({
      account: account.toLowerCase(),
      reason: 'denied',
      detail: `subscription ${account} is not visible to the ${caller}: assign it the role that "aispm permissions azure" prints, or look at the tenant`,
    })),
    unknown: missing.filter((want) => !isId(want)),
  };
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
