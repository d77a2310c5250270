import pLimit from 'p-limit';
import { type GapId, type OperationId, type ScopeId, scopeId } from '../model/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { InspectedSecret } from '../model/secret-match.ts';
import { changeAt, stepsOf } from './answer-path.ts';
import { type AttemptWorld, type GapRefusal, interrupted, type RetryOptions, sendWithRetries } from './attempt.ts';
import { inspectAnswer, type SecretTools } from './inspect-answer.ts';
import type { Interruption } from './interruption.ts';
import { createLane, type Lane } from './lane.ts';
import type { Notes } from './notes.ts';
import type { Operation, Refusal, Target, Transport } from './provider.ts';
import { type AnswerTypes, fitToShape, type ShapeNode, shapeOf } from './shape.ts';
import { withUnreadMembers } from './unread-members.ts';

export interface CallLimits extends RetryOptions {
  /** Requests in flight per account, region and service. */
  readonly perService: number;
  /** Requests in flight of the whole provider. */
  readonly inAll: number;
  /** Requests per second, per account, region and service. */
  readonly rps?: number;
}

export interface CallerWorld {
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly interruption: Interruption;
  readonly onWaiting: (bucket: string, region: string, ms: number) => void;
  readonly onCall: (target: Target, region: string, outcome: 'answered' | 'refused' | 'throttled') => void;
}

export interface CallerOptions {
  readonly provider: string;
  readonly transport: Transport;
  readonly limits: CallLimits;
  readonly world: CallerWorld;
  readonly notes: Notes;
  readonly secrets: SecretTools;
  /** The vendor's types of the operations that collectors declare. */
  readonly types: { readonly [operation: string]: AnswerTypes };
  /** Operation → secret-carrying path → members that any collector keeps: one answer serves all that declare the call. */
  readonly keep: ReadonlyMap<OperationId, { readonly [path: string]: readonly string[] }>;
}

export interface PageRequest {
  readonly operation: Operation;
  readonly params: JsonObject;
  readonly target: Target;
  readonly region: string;
}

/** One page, without its secrets and in the vendor's types, or why there is none. */
export type PageOutcome =
  | { readonly answer: JsonObject; readonly malformed: readonly { readonly path: string; readonly gap: GapId }[] }
  | { readonly refusal: Refusal };

export interface Caller {
  page(request: PageRequest): Promise<PageOutcome>;
  next(
    request: PageRequest,
    answer: JsonObject,
    rowsSoFar: number,
  ): { readonly params: JsonObject | undefined } | { readonly refusal: Refusal };
  listPath(operation: Operation): string | undefined;
  /** Keys that stood in a free text which now holds masked forms. */
  secretsIn(text: string): readonly InspectedSecret[];
}

const rememberedPages = 500;

/** The one road from a run to a cloud: masked before anything else, checked against the model, remembered, retried, within the rate limits. */
export function createCaller(options: CallerOptions): Caller {
  const { transport, notes } = options;
  const pages = new Map<string, Promise<PageOutcome>>();
  const lanes = new Map<string, Lane>();
  const shapes = new Map<OperationId, ShapeNode>();
  const maskedTexts = new Map<string, readonly InspectedSecret[]>();
  const all = pLimit(options.limits.inAll);
  /** Targets whose credentials were refused: nothing that is sent for them can succeed any more. */
  const refusedTargets = new Map<Target, GapRefusal>();

  const laneOf = ({ target, region, operation }: PageRequest): Lane => {
    const key = JSON.stringify([target.account, region, transport.bucket(operation)]);
    const { perService, rps } = options.limits;
    const { now, sleep } = options.world;
    const lane = lanes.get(key) ?? createLane({ concurrency: perService, now, sleep, ...(rps !== undefined && { rps }) });
    lanes.set(key, lane);
    return lane;
  };

  const send = async (request: PageRequest): Promise<PageOutcome> => {
    const ended = refusedTargets.get(request.target);
    if (ended !== undefined) return { refusal: notSent(request.operation, ended) };
    const lane = laneOf(request);
    const world: AttemptWorld = {
      ...options.world,
      inTurn: (attempt) => lane.run(() => all(attempt)),
      onThrottled: (waitMs) => {
        lane.slowDown(waitMs);
        options.world.onCall(request.target, request.region, 'throttled');
        if (waitMs >= 1000) options.world.onWaiting(transport.bucket(request.operation), request.region, waitMs);
      },
    };
    const outcome = await sendWithRetries(transport, request, options.limits, world);
    options.world.onCall(request.target, request.region, 'answer' in outcome ? 'answered' : 'refused');
    if ('refusal' in outcome) {
      const { refusal } = outcome;
      if (refusal.kind === 'gap' && refusal.signIn === true) refusedTargets.set(request.target, refusal);
      return outcome;
    }
    lane.speedUp();
    return accept(request, outcome.answer);
  };

  const accept = (request: PageRequest, raw: JsonObject): PageOutcome => {
    const { operation } = request;
    if (!isJsonObject(raw)) return { refusal: malformedAnswer(operation, 'the answer is no object') };
    const inspected = inspectAnswer(raw, operation, options.keep.get(operation.id) ?? {}, options.secrets);
    for (const { text, secrets } of inspected.masked) maskedTexts.set(text, secrets);
    const malformed: { path: string; gap: GapId }[] = [];
    const note = (path: string, detail: string): GapId => {
      const subject = path.replaceAll(/\[\d+\]/g, '[]');
      const scope = scopeOf(options.provider, request);
      const gap = notes.gap({ scope, call: operation.id, reason: 'malformed', detail, subject });
      malformed.push({ path, gap });
      return gap;
    };
    let { answer } = inspected;
    for (const { path, why } of inspected.undecodable) {
      const gap = note(path, `${operation.id} sent ${withoutIndexes(path)} in a form that cannot be decoded: ${why}`);
      answer = markUnread(answer, path, gap);
    }
    answer = fitToShape(answer, shapeFor(operation), ({ path, found, wanted }) =>
      note(path, `${operation.id} sent ${found} at ${withoutIndexes(path)}, where the vendor's model has ${wanted}`),
    );
    return { answer, malformed };
  };

  const shapeFor = (operation: Operation): ShapeNode => {
    const shape = shapes.get(operation.id) ?? shapeOf(options.types[operation.id] ?? {});
    shapes.set(operation.id, shape);
    return shape;
  };

  return {
    page(request) {
      if (options.world.interruption.isAsked()) return Promise.resolve({ refusal: interrupted });
      const key = JSON.stringify([request.target.account, request.region, request.operation.id, request.params]);
      const known = pages.get(key);
      if (known !== undefined) return known;
      const page = send(request);
      pages.set(key, page);
      if (pages.size > rememberedPages) pages.delete(pages.keys().next().value ?? key);
      return page;
    },
    next({ operation, params, region }, answer, rowsSoFar) {
      try {
        return { params: transport.next(operation, params, answer, rowsSoFar) };
      } catch (error) {
        return { refusal: transport.refusal(error, operation, region) };
      }
    },
    listPath: (operation) => transport.listPath(operation),
    secretsIn: (text) => maskedTexts.get(text) ?? [],
  };
}

export function scopeOf(provider: string, { target, region }: Pick<PageRequest, 'target' | 'region'>): ScopeId {
  return scopeId(provider, target.account, region);
}

export function malformedAnswer(operation: Operation, why: string): GapRefusal {
  return { kind: 'gap', reason: 'malformed', detail: `${operation.id} cannot be used: ${why}`, retryable: false };
}

function notSent(operation: Operation, { reason, detail }: GapRefusal): GapRefusal {
  const said = `${operation.id} was not sent: the credentials were refused before (${detail})`;
  return { kind: 'gap', reason, detail: said, retryable: false, signIn: true };
}

const withoutIndexes = (path: string): string => path.replaceAll(/\[\d+\]/g, '[]');

/** The answer with a member noted as unread on the object that holds it; the value itself stays. */
function markUnread(answer: JsonObject, path: string, gap: GapId): JsonObject {
  const member = /[^.[\]]+$/.exec(path.replace(/\[\d+\]$/, ''))?.[0] ?? '';
  const parent = path
    .replace(/(\[\d+\])?$/, '')
    .slice(0, -member.length)
    .replace(/\.$/, '');
  const mark = (value: Json): Json => (isJsonObject(value) ? withUnreadMembers(value, [{ member, gap }]) : value);
  if (parent === '') return withUnreadMembers(answer, [{ member, gap }]);
  const steps = stepsOf(parent.replaceAll(/\[(\d+)\]/g, '[]'));
  const marked = changeAt(answer, steps, (value, { place }) => (place === parent ? mark(value) : value));
  return isJsonObject(marked) ? marked : answer;
}
