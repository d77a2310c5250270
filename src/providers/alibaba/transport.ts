import type { JsonObject } from '../../model/json.ts';
import { isRegion, siteNames } from '../../model/place.ts';
import type { Agents, Operation, Refusal, Request, Transport } from '../provider.ts';
import { endpointOf, type EndpointRules, isKnownAtOneSite, knownRegions } from './endpoint.ts';
import type { AlibabaOperation } from './operations.ts';
import { nextPage, withPageSize } from './paging.ts';
import { ossRegion, placeOss } from './oss/place-request.ts';
import { readOssAnswer } from './oss/read-answer.ts';
import { signOss } from './oss/sign.ts';
import { placeCall } from './place-call.ts';
import { readAnswer, VendorRefusal } from './read-answer.ts';
import { type Keys, sessionOf } from './session.ts';
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

/** One caller for every product: RPC and ROA, signed with ACS3, and OSS with its own signature; one attempt per `send`. */
export function createTransport(options: TransportOptions): Transport {
  return {
    send: (request) => sendAnywhere(request, options),
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

/** What an account keeps at one of the two sites is looked for at both: nobody tells which one it was opened at. */
async function sendAnywhere(request: Request, options: TransportOptions): Promise<JsonObject> {
  const { operation, region } = request;
  if (region !== 'global' || !isKnownAtOneSite(options.rules, known(operation).service)) return send(request, options);
  let said: unknown;
  for (const site of siteNames) {
    try {
      return await send({ ...request, region: site }, options);
    } catch (error) {
      if (!(error instanceof VendorRefusal) || !isNotKnownHere(error)) throw error;
      // That there is nothing says more than that the account is not known.
      if (said === undefined || !isUnknownKey(error)) said = error;
    }
  }
  // The keys open other doors: this is no reason to send nothing else.
  if (said instanceof VendorRefusal && isUnknownKey(said)) throw new VendorRefusal({ status: 403, code: 'UnknownAtBothSites' });
  throw said;
}

const isUnknownKey = ({ code }: VendorRefusal): boolean => code.startsWith('InvalidAccessKeyId');
const isNotKnownHere = (error: VendorRefusal): boolean => isUnknownKey(error) || error.code === 'ResourceDirectoryNotInUse';

/** Keys that have ended while the run went on are had anew where they can be; the call is then sent once more. */
async function send(request: Request, options: TransportOptions): Promise<JsonObject> {
  const { keys: source } = sessionOf(request.target);
  const keys = await source();
  try {
    return await sendWith(keys, request, options);
  } catch (error) {
    if (!(error instanceof VendorRefusal) || !isEnded(error)) throw error;
    const fresh = await source(keys);
    if (fresh.accessKeyId === keys.accessKeyId && fresh.securityToken === keys.securityToken) throw error;
    return sendWith(fresh, request, options);
  }
}

const isEnded = ({ code }: VendorRefusal): boolean => /^(InvalidSecurityToken\.Expired|SecurityTokenExpired)/.test(code);

async function sendWith(keys: Keys, { operation, params, region, signal }: Request, options: TransportOptions): Promise<JsonObject> {
  const call = known(operation);
  if (call.use === 'forbidden') throw new Error(`${call.id} may never be called`);
  if (call.style === 'OSS') return sendOss(call, keys, { params, signal }, options);
  const { origin } = originOf(call.service, region, options);
  const placed = placeCall(call, withPageSize(call, params), region);
  const prefix = origin.pathname.replace(/\/$/, '');
  const startedAt = performance.now();
  const answer = await options.callSigned(
    { ...placed, pathname: `${prefix}${placed.pathname}` },
    {
      origin,
      keys: async () => keys,
      send: (wire) => exchange(wire, { agents: options.agents, timeoutMs: options.timeoutMs, signal }),
    },
  );
  sayAnswered(call, origin, answer.status, startedAt, options);
  return readAnswer(answer);
}

/** OSS has a signature and a format of its own. The host names the bucket, and is not said: names of buckets tell much. */
async function sendOss(
  call: AlibabaOperation,
  keys: Keys,
  { params, signal }: Pick<Request, 'params' | 'signal'>,
  options: TransportOptions,
): Promise<JsonObject> {
  const { origin, isOverride } = originOf(call.service, ossRegion(params), options);
  const { url, request } = placeOss(call, withPageSize(call, params), origin, isOverride);
  const headers = signOss(request, keys, options.now());
  const startedAt = performance.now();
  const { agents, timeoutMs } = options;
  const answer = await exchange({ method: request.method, url, headers }, { agents, timeoutMs, signal });
  sayAnswered(call, origin, answer.status, startedAt, options);
  return readOssAnswer(answer, call);
}

function sayAnswered(call: AlibabaOperation, { host }: URL, status: number, startedAt: number, { debug }: TransportOptions): void {
  debug(`${call.httpMethod} ${host} ${call.path} ${call.operation} ${status} ${Math.round(performance.now() - startedAt)} ms`);
}

interface Origin {
  readonly origin: URL;
  readonly isOverride: boolean;
}

function originOf(service: string, region: string, options: TransportOptions): Origin {
  const endpoint = endpointOf(options.rules, service, region);
  const override = options.endpoint(service, region);
  // An override says where a product answers, not that it exists in a region of the vendor; regions of a private cloud are its own.
  const isVendors = !isRegion(region) || knownRegions(options.rules).includes(region);
  if (override !== undefined && (endpoint.kind === 'at' || !isVendors)) return { origin: override, isOverride: true };
  if (endpoint.kind === 'none') throw new NotInRegion(`${service} has no endpoint in ${region}`);
  return { origin: endpoint.origin, isOverride: false };
}
