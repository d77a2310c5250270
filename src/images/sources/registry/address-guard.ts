import dns from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { addressKind, type AddressKind } from '../../../http/address-kind.ts';
import { RegistryError } from './problem.ts';

export type GuardedLookup = LookupFunction;

export interface AddressRules {
  /** Addresses of a name; by default the system is asked. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly kindOf?: (address: string, host: string) => AddressKind;
  /** The registry as a reference names it, with its port. */
  readonly name?: string;
  /** The user wrote the registry's name; true where it is left out. What an asset names is judged more strictly. */
  readonly isNamedByUser?: boolean;
}

export interface AddressGuard {
  /** For requests to the registry itself. */
  readonly own: GuardedLookup;
  /** For wherever the registry sends us: the internet, or a network of the kind that the registry itself is in. */
  readonly elsewhere: GuardedLookup;
  /** An address in the place of a host is not looked up: judged before the connection. */
  demand(url: URL): Promise<void>;
  /** The same for an address in the place of the registry's own name. */
  demandOwn(url: URL): Promise<void>;
}

/**
 * Keeps a registry from sending us into networks that it has no business in. The name is resolved once, judged, and the
 * connection goes to that very address, so that a second answer of the name server changes nothing.
 * Behind a proxy it is the proxy that resolves names: there only addresses are judged.
 */
export function guardAddresses(registryHost: string, rules: AddressRules = {}): AddressGuard {
  const resolve = rules.resolve ?? systemAddresses;
  const kindOf = rules.kindOf ?? addressKind;
  let registryKinds: Promise<ReadonlySet<AddressKind>> | undefined;
  // Behind a proxy the name may be known to the proxy alone: then it is one of the internet.
  const kindsOfRegistry = () =>
    (registryKinds ??= addressesOf(registryHost, resolve).then(
      (addresses) => new Set(addresses.map((address) => kindOf(address, registryHost))),
      () => new Set<AddressKind>(),
    ));

  /** A name of the internet that leads to where only this machine's cloud answers is a trap; so is an asset that names this machine. */
  function judgeOwn(host: string, addresses: readonly string[]): readonly string[] {
    const refused = addresses.find((address) => {
      const kind = kindOf(address, host);
      if (rules.isNamedByUser === false) return kind === 'link-local' || kind === 'loopback';
      return kind === 'link-local' && isIP(host) === 0;
    });
    if (refused === undefined) return addresses;
    const way = rules.isNamedByUser === false ? `; if it is right, say so with --endpoint registry.${rules.name ?? host}=URL` : '';
    throw new RegistryError({
      kind: 'refused-target',
      detail: `the registry ${host} is at a ${kindOf(refused, host)} address, which is not gone to${way}`,
    });
  }

  async function judge(host: string, addresses: readonly string[]): Promise<readonly string[]> {
    const allowed = await kindsOfRegistry();
    const refused = addresses.find((address) => kindOf(address, host) !== 'public' && !allowed.has(kindOf(address, host)));
    if (refused === undefined) return addresses;
    throw new RegistryError({
      kind: 'refused-target',
      detail: `${registryHost} leads to ${host}, a ${kindOf(refused, host)} address, which is not gone to`,
    });
  }

  return {
    own: lookupBy(async (host) => judgeOwn(host, await addressesOf(host, resolve))),
    elsewhere: lookupBy(async (host) => judge(host, await addressesOf(host, resolve))),
    async demand(url) {
      const host = unbracketed(url.hostname);
      if (isIP(host) !== 0) await judge(host, [host]);
    },
    async demandOwn(url) {
      const host = unbracketed(url.hostname);
      if (isIP(host) !== 0) judgeOwn(host, [host]);
    },
  };
}

function lookupBy(addresses: (host: string) => Promise<readonly string[]>): GuardedLookup {
  const resolve = callbackify(addresses);
  return (host, { all, family }, done) => {
    resolve(host, (error, found) => {
      if (error !== null) return done(error, '', 0);
      const wanted = found.filter((address) => family === undefined || family === 0 || isFamily(address, family));
      const [first] = wanted;
      if (first === undefined) return done(notFound(host), '', 0);
      const entries = wanted.map((address) => ({ address, family: isIP(address) }));
      if (all === true) return done(null, entries);
      done(null, first, isIP(first));
    });
  };
}

const isFamily = (address: string, family: number | string): boolean => isIP(address) === Number(String(family).replace('IPv', ''));

async function addressesOf(host: string, resolve: (host: string) => Promise<readonly string[]>): Promise<readonly string[]> {
  const bare = unbracketed(host);
  return isIP(bare) === 0 ? resolve(bare) : [bare];
}

const unbracketed = (host: string): string => host.replace(/^\[|\]$/g, '');

/** As the system resolves them; rejects with Node's code where there are none. */
export async function systemAddresses(host: string): Promise<readonly string[]> {
  const found = await dns.promises.lookup(host, { all: true });
  return found.map(({ address }) => address);
}

function notFound(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no address of ${host}`), { code: 'ENOTFOUND' });
}
