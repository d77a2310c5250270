import type { WireAnswer } from './arm-answer.ts';
import { type ArmConnection, lazily, pipelineOptions, wireAnswer, withinDeadline } from './arm-reader.ts';
import { baseOf } from './clouds.ts';
import { originGuard } from './origin-guard.ts';

/** One page of a subscription's workspaces: the first, or the one that `nextLink` leads to. */
export type ListWorkspaces = (nextLink: URL | undefined, signal: AbortSignal) => Promise<WireAnswer>;

/**
 * Machine Learning workspaces through the vendor's client. Its typed objects are thrown away: the client speaks 2022-10-01, drops
 * members of later versions (`managedNetwork`, `systemDatastoresAuthMode`) and invents absent ones (`v1LegacyMode`).
 * It is asked to send a newer `apiVersion`, and what counts is the body as it came.
 */
export function openMlClient(connection: ArmConnection, subscription: string, apiVersion: string): ListWorkspaces {
  const opened = lazily(async () => {
    const { AzureMachineLearningWorkspaces } = await import('@azure/arm-machinelearning');
    const { cloud, credential } = connection;
    return new AzureMachineLearningWorkspaces(credential, subscription, {
      ...pipelineOptions(connection),
      endpoint: baseOf(cloud.arm),
      apiVersion,
      credentialScopes: cloud.tokenScope,
      additionalPolicies: [{ policy: originGuard(cloud.arm.origin), position: 'perRetry' }],
    });
  });
  return (nextLink, signal) =>
    withinDeadline(connection, signal, async (abortSignal) => {
      const client = await opened();
      let raw: WireAnswer | undefined;
      const pages = client.workspaces
        .listBySubscription({ abortSignal, onResponse: (response) => (raw = wireAnswer(response)) })
        .byPage(nextLink === undefined ? {} : { continuationToken: nextLink.href });
      try {
        // Of this pager exactly one page is taken: it has no guard against links that repeat.
        await pages.next();
      } catch (error) {
        // The client could make no object of the answer, or the answer is an error: both are judged from the body.
        if (raw === undefined) throw error;
      }
      if (raw === undefined) throw new Error('the Machine Learning client answered without a response');
      return raw;
    });
}
