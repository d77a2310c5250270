import { isJsonList, isJsonObject, type JsonObject } from '../../model/json.ts';
import type { ConnectOptions, Transport } from '../provider.ts';
import { readAnswer, type WireAnswer } from './arm-answer.ts';
import { type ArmOperation, resourceProvider } from './arm-operation.ts';
import { type ArmConnection, type ArmReader, openArmReader } from './arm-reader.ts';
import { armUrl } from './arm-url.ts';
import { type ListWorkspaces, openMlClient } from './ml-client.ts';
import { nextPage } from './origin-guard.ts';
import { plainLocation, toGap } from './to-gap.ts';

/** What a target carries; nobody but this folder looks inside. */
export interface AzureSession {
  readonly connection: ArmConnection;
  readonly subscription: string;
  /** Locations that the user chose; none means all. */
  readonly locations: readonly string[];
  readonly read: ArmReader;
  readonly listWorkspaces: (apiVersion: string) => ListWorkspaces;
}

export function openSession(connection: ArmConnection, subscription: string, locations: readonly string[]): AzureSession {
  const clients = new Map<string, ListWorkspaces>();
  return {
    connection,
    subscription,
    locations,
    read: openArmReader(connection),
    listWorkspaces: (apiVersion) => {
      const client = clients.get(apiVersion) ?? openMlClient(connection, subscription, apiVersion);
      clients.set(apiVersion, client);
      return client;
    },
  };
}

const workspacesList = 'Microsoft.MachineLearningServices/workspaces:list';

/** Sends one attempt of a call to Azure Resource Manager and reads its raw answer. */
export function armTransport({ now, debug }: Pick<ConnectOptions, 'now' | 'debug'>): Transport {
  return {
    send: async ({ operation, params, target, signal }) => {
      const session = target.session as AzureSession; // the provider puts nothing else into its targets
      const answer = await sendOnce(operation, params, session, signal, (status, ms) =>
        debug(`GET ${session.connection.cloud.arm.host} ${pathOf(operation)} ${status} ${ms} ms`),
      );
      return inLocations(readAnswer(answer, operation, now()), session.locations);
    },
    next: (operation, params, answer) => {
      const { nextLink } = answer;
      if (operation['paging'] !== 'nextLink' || typeof nextLink !== 'string' || nextLink === '') return undefined;
      return { ...params, nextLink };
    },
    listPath: (operation) => (operation as ArmOperation).itemsAt,
    refusal: (error, operation) => toGap(error, operation),
    // Limits of Azure Resource Manager are per subscription and resource provider.
    bucket: (operation) => resourceProvider(operation),
    close: () => {},
  };

  async function sendOnce(
    operation: ArmOperation,
    params: JsonObject,
    session: AzureSession,
    signal: AbortSignal,
    report: (status: number | string, ms: number) => void,
  ): Promise<WireAnswer> {
    const started = now().getTime();
    try {
      const answer = await request(operation, params, session, signal);
      report(answer.status, now().getTime() - started);
      return answer;
    } catch (error) {
      report(error instanceof Error ? error.message : 'failed', now().getTime() - started);
      throw error;
    }
  }
}

function request(operation: ArmOperation, params: JsonObject, session: AzureSession, signal: AbortSignal): Promise<WireAnswer> {
  const { arm } = session.connection.cloud;
  const link = typeof params['nextLink'] === 'string' ? nextPage(params['nextLink'], arm.origin) : undefined;
  if (operation.id === workspacesList) return session.listWorkspaces(operation.apiVersion ?? '')(link, signal);
  return session.read(link ?? armUrl(arm, operation, session.subscription, params), signal);
}

function pathOf(operation: ArmOperation): string {
  return operation.pathTemplate ?? operation.id;
}

/** Azure lists a subscription, not a region: a chosen region keeps the items that are there, and those that are in none. */
function inLocations(answer: JsonObject, locations: readonly string[]): JsonObject {
  const { value } = answer;
  if (locations.length === 0 || !isJsonList(value)) return answer;
  return { ...answer, value: value.filter((item) => !isJsonObject(item) || isIn(item['location'], locations)) };
}

function isIn(location: unknown, locations: readonly string[]): boolean {
  if (typeof location !== 'string') return true;
  const plain = plainLocation(location);
  return plain === 'global' || locations.includes(plain);
}
