import type http from 'node:http';
import pLimit from 'p-limit';
import { isJsonList, isJsonObject, jsonIn } from '../../../model/json.ts';
import type { AddressGuard } from './address-guard.ts';
import { watchFirstContact } from './first-contact.ts';
import { follow, type Opened, type Question } from './follow.ts';
import { originOf } from './origin.ts';
import { createPatience, type Patience } from './patience.ts';
import { adviceForPrivate, publicName } from './private-address.ts';
import { RegistryError } from './problem.ts';
import { parseRetryAfter, retrying } from './retry.ts';
import { openSignIn, type SignIn } from './sign-in.ts';
import type { RegistryWorld } from './world.ts';
import { readBody, usualWireLimits, type Wire, type WireLimits } from './wire.ts';

export interface OpenOptions extends Question {
  readonly scope: string;
  /** Statuses beside 2xx that are an answer. */
  readonly accepts?: readonly number[];
  /** The password itself is sent, unasked: for interfaces beside the registry's on its own host, which show less without it. */
  readonly asBasic?: true;
}

export interface RegistryClient {
  readonly host: string;
  readonly limits: WireLimits;
  readonly world: RegistryWorld;
  readonly patience: Patience;
  /** One attempt, signed in as the registry asks, redirects followed by its rules. The caller reads or destroys the answer. */
  open(path: string, options: OpenOptions): Promise<Opened>;
  /** A whole small answer, tried again where that may help. Throws RegistryError. */
  read(path: string, options: OpenOptions & { readonly maxBytes: number; readonly what: string }): Promise<ReadAnswer>;
  /** Whether there is a login by user and password to the host as a whole. */
  hasPassword(signal: AbortSignal): Promise<boolean>;
}

export interface ReadAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A client of one registry: its host as a reference names it. Nothing is sent before the first `open`. */
export function openRegistry(host: string, world: RegistryWorld): RegistryClient {
  const limits = { ...usualWireLimits, ...world.limits };
  const wire: Wire = { agents: world.agents, limits };
  let connected: Promise<Connected> | undefined;

  async function connect(signal: AbortSignal): Promise<Connected> {
    connected ??= enter(host, world, wire, signal).catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    return connected;
  }

  const patience = createPatience(world.attempts ?? 5);
  const slots = pLimit(readsAtOnce);
  const contact = watchFirstContact(() => adviceForPrivate(host));

  async function open(path: string, options: OpenOptions): Promise<Opened> {
    const request = contact.begin();
    try {
      return await openOnce(path, options);
    } catch (error) {
      throw contact.failed(request, error);
    }
  }

  async function openOnce(path: string, options: OpenOptions): Promise<Opened> {
    const { origin, signIn, guard } = await connect(options.signal);
    const url = new URL(path, origin);
    if (url.origin !== origin.origin) throw new Error(`"${path}" leads away from the registry`);
    for (let refusals = 0; ; ) {
      const era = signIn.era();
      const header = options.asBasic === true ? await signIn.basic(options.signal) : await signIn.known(options.scope, options.signal);
      const opened = await follow(url, header, options, {
        origin,
        guard,
        wire,
        world,
        onAnswer: () => contact.made(),
      });
      if (opened.status === 401 && !opened.isRedirected && options.asBasic !== true) {
        opened.answer.destroy();
        refusals += 1;
        if (refusals > 2 || (refusals === 2 && !(await signIn.renew(options.scope, era)))) throw refused(host, signIn, 401);
        // The header is used by the next round, through `known`.
        await signIn.answer(challengeOf(opened), options.scope, options.signal, header);
        continue;
      }
      try {
        const answered = await checked(opened, options, world, signIn);
        if (header !== undefined) signIn.worked();
        return answered;
      } catch (error) {
        if (!isOfEndedLogin(error) || !(await signIn.renew(options.scope, era))) throw error;
      }
    }
  }

  async function readOnce(path: string, options: Parameters<RegistryClient['read']>[1]): Promise<ReadAnswer> {
    const { status, headers, answer, host: from } = await open(path, options);
    if (options.method === 'HEAD') return { status, headers, body: Buffer.alloc(0) };
    const body = await readBody(answer, from, { limits, maxBytes: options.maxBytes, what: options.what }, options.signal);
    const declared = headers['content-length'];
    if (declared !== undefined && Number(declared) !== body.length && headers['content-encoding'] === undefined)
      throw new RegistryError({ kind: 'network', host: from, code: 'answer cut short' });
    return { status, headers, body };
  }

  return {
    host,
    limits,
    world,
    patience,
    open,
    hasPassword: async (signal) => (await (await connect(signal)).signIn.basic(signal)) !== undefined,
    // Who waits because a registry asked for it keeps the slot: the others ask less, too.
    read: (path, options) => slots(() => retrying({ ...world, patience }, options.signal, () => readOnce(path, options))),
  };
}

/** Small answers at once from one registry, however many images are read. */
const readsAtOnce = 16;

interface Connected {
  readonly origin: URL;
  readonly signIn: SignIn;
  readonly guard: AddressGuard;
}

async function enter(host: string, world: RegistryWorld, wire: Wire, signal: AbortSignal): Promise<Connected> {
  const place = await originOf(host, world, wire, signal);
  const signIn = openSignIn({
    host,
    origin: place.origin,
    credentials: loginsOf(world),
    trustedRealms: world.trustedRealms ?? [],
    wire,
    guard: place.guard,
    now: world.now,
  });
  return { ...place, signIn };
}

/** A login is often kept under the public name alone. */
function loginsOf({ credentials }: RegistryWorld): RegistryWorld['credentials'] {
  return async (host, signal, repository) => {
    const known = await credentials(host, signal, repository);
    const other = known.credential === undefined ? publicName(host) : undefined;
    if (other === undefined) return known;
    const elsewhere = await credentials(other, signal, repository);
    return elsewhere.credential === undefined ? known : elsewhere;
  };
}

async function checked(opened: Opened, options: OpenOptions, world: RegistryWorld, signIn: SignIn): Promise<Opened> {
  const { status, headers, host, answer } = opened;
  if ((status >= 200 && status < 300) || options.accepts?.includes(status) === true) {
    if (options.method === 'HEAD') answer.resume();
    return opened;
  }
  const { code, isEndedLogin } = await errorIn(opened, options.signal);
  if (isEndedLogin !== true && (status === 401 || status === 403)) {
    const note = signIn.note();
    if (note !== undefined) throw new RegistryError({ kind: 'sign-in', detail: `${host} refuses the read (${status}); ${note}` });
  }
  const retryAfterMs = parseRetryAfter(headers['retry-after'], world.now());
  throw new RegistryError({
    kind: 'http',
    host,
    status,
    ...(code !== undefined && { code }),
    ...(isEndedLogin === true && status === 403 && { isEndedLogin }),
    ...(status === 403 && !signIn.hasLogin(options.scope) && { isWithoutLogin: true as const }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(opened.isRedirected && { isRedirected: true as const }),
  });
}

function refused(host: string, signIn: SignIn, status: number): RegistryError {
  const note = signIn.note();
  if (note === undefined) return new RegistryError({ kind: 'http', host, status });
  return new RegistryError({ kind: 'sign-in', detail: `${host} refuses the read (${status}); ${note}` });
}

function isOfEndedLogin(error: unknown): boolean {
  return error instanceof RegistryError && error.problem.kind === 'http' && error.problem.isEndedLogin === true;
}

interface ErrorBody {
  readonly code?: string;
  /** Amazon ECR says so with 403, and with a code that stands for any refusal. */
  readonly isEndedLogin?: true;
}

/** What is of use of the specification's error body; a long body is not waited for. */
async function errorIn({ status, headers, host, answer }: Opened, signal: AbortSignal): Promise<ErrorBody> {
  // The length of a 416 is the blob's with some registries, and never comes.
  if (status === 416 || !String(headers['content-type']).includes('json')) {
    answer.destroy();
    return {};
  }
  const limits: WireLimits = { connectMs: 5000, headersMs: 5000, idleMs: 5000, paceMs: 5000, paceBytes: 1 };
  try {
    const body = jsonIn(await readBody(answer, host, { limits, maxBytes: 65_536, what: 'the error' }, signal));
    const [first] = isJsonObject(body) && isJsonList(body['errors']) ? body['errors'] : [];
    const { code, message } = isJsonObject(first) ? first : {};
    return {
      ...(typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) && { code }),
      ...(typeof message === 'string' && /\btoken has expired\b/i.test(message) && { isEndedLogin: true as const }),
    };
  } catch {
    return {};
  }
}

function challengeOf({ headers }: Opened): string {
  return headers['www-authenticate'] ?? '';
}
