import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import tls from 'node:tls';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { UsageError } from '../model/usage-error.ts';

export interface AgentOptions {
  /** With none of HTTP_PROXY, HTTPS_PROXY, ALL_PROXY (either case) in it, every connection is direct. */
  readonly env: { readonly [name: string]: string | undefined };
  /** PEM text of further certificate authorities; Node's own stay. */
  readonly ca?: string;
  /** Refuses every connection. */
  readonly offline?: boolean;
  /** URL → URL of its proxy, or `''`. The default reads the process environment as curl does, NO_PROXY included. */
  readonly proxyFor?: (url: string) => string;
  /** Told of each answer: the host that was asked, and the `Date` that it gave. */
  readonly onDate?: (host: string, date: string) => void;
}

export interface ConnectionAgents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

/** An attempt to connect in a run that was told to stay offline: a bug of the caller, never a gap. */
export class OfflineError extends Error {
  override readonly name = 'OfflineError';
}

/**
 * The agents that every connection of a run goes through: kept alive, through the proxy that the environment names for
 * that host, trusting Node's authorities and the user's. Loopback hosts are never sent to a proxy: it would not reach them.
 */
export function createAgents({ onDate, ...options }: AgentOptions): ConnectionAgents {
  const agents = agentsOf(options);
  return onDate === undefined ? agents : { http: watching(agents.http, onDate), https: watching(agents.https, onDate) };
}

function agentsOf({ env, ca, offline, proxyFor = getProxyForUrl }: Omit<AgentOptions, 'onDate'>): ConnectionAgents {
  const kept = { keepAlive: true };
  const trusting = { ...kept, ...(ca !== undefined && { secureContext: contextWith(ca) }) };
  if (offline === true) return { http: refusing(new http.Agent()), https: refusing(new https.Agent()) };
  const named = namedProxies(env);
  if (named.length === 0) return { http: new http.Agent(kept), https: new https.Agent(trusting) };
  const schemed = (url: string) => withScheme(proxyFor(url), named);
  const plainProxies = perProxy((proxy) => new HttpProxyAgent(proxy, kept));
  const secureProxies = perProxy((proxy) => new HttpsProxyAgent(proxy, trusting));
  return {
    http: routing(new http.Agent(kept), (options) => plainProxies(proxyOf('http', options, schemed))),
    https: routing(new https.Agent(trusting), (options) => secureProxies(proxyOf('https', options, schemed)), trusting),
  };
}

// One context for all connections: parsing the authorities anew for each costs milliseconds.
function contextWith(ca: string): tls.SecureContext {
  return tls.createSecureContext({ ca: [...defaultAuthorities(), ca] });
}

// Newer Nodes also tell what NODE_EXTRA_CA_CERTS added.
function defaultAuthorities(): readonly string[] {
  const all: unknown = Reflect.get(tls, 'getCACertificates');
  return typeof all === 'function' ? (all.call(tls, 'default') as string[]) : tls.rootCertificates;
}

const proxyNames = ['http_proxy', 'https_proxy', 'all_proxy'];

/** What the environment names, as written. Throws a UsageError for what is no proxy that could be spoken to; passwords are not repeated. */
function namedProxies(env: AgentOptions['env']): readonly string[] {
  return proxyNames.flatMap((lower) =>
    [lower, lower.toUpperCase()].flatMap((name) => {
      const value = env[name];
      if (!value) return [];
      const url = value.includes('://') ? value : `http://${value}`;
      if (!URL.canParse(url)) throw new UsageError(`${name} holds no address of a proxy`, { hint: 'write http://HOST:PORT' });
      const { protocol } = new URL(url);
      if (protocol === 'http:' || protocol === 'https:') return [value];
      throw new UsageError(`${name} names a proxy of the kind "${protocol.slice(0, -1)}", which is not spoken here`, {
        hint: 'name a proxy of http or https, or unset it',
      });
    }),
  );
}

/** A proxy that was named without a scheme speaks plain http; the package takes the scheme of the request. */
function withScheme(proxy: string, named: readonly string[]): string {
  const bare = proxy.replace(/^https?:\/\//, '');
  return named.includes(bare) ? `http://${bare}` : proxy;
}

interface Place {
  readonly host?: string | null;
  readonly hostname?: string | null;
  readonly port?: number | string | null;
}

function proxyOf(scheme: string, { host, hostname, port }: Place, proxyFor: (url: string) => string): string {
  const name = host ?? hostname ?? 'localhost';
  if (isLoopbackName(name)) return '';
  const bracketed = isIP(name) === 6 ? `[${name}]` : name;
  return proxyFor(`${scheme}://${bracketed}${port === undefined || port === null ? '' : `:${port}`}`);
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

function perProxy(create: (proxy: string) => http.Agent): (proxy: string) => http.Agent | undefined {
  const agents = new Map<string, http.Agent>();
  return (proxy) => {
    if (proxy === '') return undefined;
    const agent = agents.get(proxy) ?? create(proxy);
    agents.set(proxy, agent);
    return agent;
  };
}

// `addRequest` is what node:http calls on whatever agent it was given; it is in no type, and unchanged since Node 0.12.
type AddRequest = (request: http.ClientRequest, options: Place) => void;
type WithAddRequest = http.Agent & { addRequest: AddRequest };

/** Gives each request to the agent that `choose` names, or to `direct`. A proxy agent forgets its own options: they go with the request. */
function routing<A extends http.Agent>(direct: A, choose: (options: Place) => http.Agent | undefined, further: object = {}): A {
  const own = (direct as A & WithAddRequest).addRequest.bind(direct);
  const addRequest: AddRequest = (request, options) => {
    const chosen = choose(options) as WithAddRequest | undefined;
    if (chosen === undefined) own(request, options);
    else chosen.addRequest(request, { ...options, ...further });
  };
  return Object.assign(direct, { addRequest });
}

function refusing<A extends http.Agent>(agent: A): A {
  const addRequest: AddRequest = (_, { host, hostname }) => {
    throw new OfflineError(`a connection to "${host ?? hostname ?? ''}" was tried in an offline run`);
  };
  return Object.assign(agent, { addRequest });
}

function watching<A extends http.Agent>(agent: A, onDate: NonNullable<AgentOptions['onDate']>): A {
  const own = (agent as A & WithAddRequest).addRequest.bind(agent);
  const addRequest: AddRequest = (request, options) => {
    request.once('response', ({ headers: { date } }) => {
      if (date !== undefined) onDate(options.host ?? options.hostname ?? '', date);
    });
    own(request, options);
  };
  return Object.assign(agent, { addRequest });
}
