import type { JsonObject } from '../../model/json.ts';
import { isRegion } from '../../model/place.ts';
import type { Agents, Operation, Refusal, Request, Transport } from '../provider.ts';
import { endpointOf, type EndpointRules, knownRegions } from './endpoint.ts';
import type { AlibabaOperation } from './operations.ts';
import { nextPage, withPageSize } from './paging.ts';
import { placeCall } from './place-call.ts';
import { readAnswer } from './read-answer.ts';
import { sessionOf } from './session.ts';
import type { CallSigned } from './signing-client.ts';
import { NotInRegion, refusalOf } from './to-gap.ts';
import { exchange } from './wire.ts';

export interface TransportOptions {
  readonly rules: EndpointRules;
  readonly callSigned: CallSigned;
  readonly endpoint: (service: string, region: string) => URL | undefined;
  readonly agents: Agents;
  readonly timeoutMs: number;
  readonly now: () => Date;
  readonly debug: (line: string) => void;
}

/** One caller for every product: RPC and ROA, signed with ACS3, one attempt per `send`. */
export function createTransport(options: TransportOptions): Transport {
  return {
    send: (request) => send(request, options),
    next: (operation, params, answer, rowsSoFar) => nextPage(known(operation), params, answer, rowsSoFar),
    listPath: (operation) => known(operation).listPath,
    refusal: (error, operation, region): Refusal => refusalOf(error, known(operation), region, options.rules),
    bucket: (operation) => known(operation).service,
    // The connections belong to the run's agents.
    close: () => undefined,
  };
}

// Operations reach a transport only from the provider's own catalogue.
const known = (operation: Operation): AlibabaOperation => operation as AlibabaOperation;

async function send({ operation, params, target, region, signal }: Request, options: TransportOptions): Promise<JsonObject> {
  const call = known(operation);
  if (call.use === 'forbidden') throw new Error(`${call.id} may never be called`);
  const origin = originOf(call.service, region, options);
  const placed = placeCall(call, withPageSize(call, params), region);
  const prefix = origin.pathname.replace(/\/$/, '');
  const startedAt = performance.now();
  const answer = await options.callSigned(
    { ...placed, pathname: `${prefix}${placed.pathname}` },
    {
      origin,
      keys: sessionOf(target).keys,
      send: (wire) => exchange(wire, { agents: options.agents, timeoutMs: options.timeoutMs, signal }),
    },
  );
  const ms = Math.round(performance.now() - startedAt);
  options.debug(`${call.httpMethod} ${origin.host} ${call.path} ${call.operation} ${answer.status} ${ms} ms`);
  return readAnswer(answer);
}

function originOf(service: string, region: string, options: TransportOptions): URL {
  const endpoint = endpointOf(options.rules, service, region);
  const override = options.endpoint(service, region);
  // An override says where a product answers, not that it exists in a region of the vendor; regions of a private cloud are its own.
  const isVendors = !isRegion(region) || knownRegions(options.rules).includes(region);
  if (override !== undefined && (endpoint.kind === 'at' || !isVendors)) return override;
  if (endpoint.kind === 'none') throw new NotInRegion(`${service} has no endpoint in ${region}`);
  return endpoint.origin;
}
