import type { TokenCredential } from '@azure/core-auth';
import type { PipelineOptions, PipelineResponse } from '@azure/core-rest-pipeline';
import { networkCode } from '../../http/network-error.ts';
import type { Agents } from '../provider.ts';
import type { WireAnswer } from './arm-answer.ts';
import { ArmError } from './arm-error.ts';
import type { Cloud } from './clouds.ts';
import { originGuard } from './origin-guard.ts';

/** What every way to Azure Resource Manager needs. */
export interface ArmConnection {
  readonly cloud: Cloud;
  readonly credential: TokenCredential;
  readonly agents: Agents;
  /** Deadline of one attempt, body included. */
  readonly timeoutMs: number;
  /** Where a registry of images exchanges tokens: its own host, or what `--endpoint azure.acr=` says. */
  readonly registryOrigin: (host: string) => URL;
}

/** One GET; resolves with whatever answered, throws ArmError where nothing did. */
export type ArmReader = (url: URL, signal: AbortSignal) => Promise<WireAnswer>;

/** The raw reader: what Azure sends is what the caller gets. Loads the pipeline on first use. */
export function openArmReader(connection: ArmConnection): ArmReader {
  const opened = lazily(async () => {
    const core = await import('@azure/core-rest-pipeline');
    const pipeline = core.createPipelineFromOptions(pipelineOptions(connection));
    const { cloud, credential } = connection;
    pipeline.addPolicy(core.bearerTokenAuthenticationPolicy({ credential, scopes: cloud.tokenScope }), {
      phase: 'Sign',
    });
    pipeline.addPolicy(originGuard(cloud.arm.origin), { afterPhase: 'Sign' });
    const client = core.createDefaultHttpClient();
    return (url: URL, abortSignal: AbortSignal) => {
      const headers = core.createHttpHeaders({ accept: 'application/json' });
      return pipeline.sendRequest(client, core.createPipelineRequest({ url: url.href, headers, abortSignal }));
    };
  });
  return (url, signal) => withinDeadline(connection, signal, async (deadline) => wireAnswer(await (await opened())(url, deadline)));
}

/** No retries (the guarded call's business) and no redirects (nothing found is followed). */
export function pipelineOptions({ agents }: Pick<ArmConnection, 'agents'>): PipelineOptions {
  return {
    agent: agents.https,
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'aispm' },
  };
}

export function wireAnswer(response: Pick<PipelineResponse, 'status' | 'headers' | 'bodyAsText'>): WireAnswer {
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    body: response.bodyAsText ?? '',
  };
}

/** Runs one attempt under a deadline that also covers a body that drips, and puts failures into our words. */
export async function withinDeadline<T>(
  { cloud, timeoutMs }: ArmConnection,
  signal: AbortSignal,
  attempt: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const stop = () => deadline.abort();
  const timer = setTimeout(stop, timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await attempt(deadline.signal);
  } catch (error) {
    if (error instanceof ArmError) throw error;
    if (signal.aborted) throw new ArmError({ kind: 'interrupted' }, { cause: error });
    if (deadline.signal.aborted) throw new ArmError({ kind: 'timeout', timeoutMs }, { cause: error });
    const code = networkCode(error);
    if (code === undefined) throw error;
    // The pipeline's own word for a body that breaks off.
    const nodeCode = code === 'PARSE_ERROR' ? 'ECONNRESET' : code;
    throw new ArmError({ kind: 'network', code: nodeCode, host: cloud.arm.host }, { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** Opens at the first call and once; a failed opening is tried again at the next. */
export function lazily<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined;
  return () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}
