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
}

export interface AddressGuard {
  /** For requests to the registry itself, which the user named. */
  readonly own: GuardedLookup;
  /** For wherever the registry sends us: the internet, or a network of the kind that the registry itself is in. */
  readonly elsewhere: GuardedLookup;
  /** An address in the place of a host is not looked up: judged before the connection. */
  demand(url: URL): Promise<void>;
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
  const kindsOfRegistry = () =>
    (registryKinds ??= addressesOf(registryHost, resolve).then(
      (addresses) => new Set(addresses.map((address) => kindOf(address, registryHost))),
    ));

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
    own: lookupBy((host) => addressesOf(host, resolve)),
    elsewhere: lookupBy(async (host) => judge(host, await addressesOf(host, resolve))),
    async demand(url) {
      const host = unbracketed(url.hostname);
      if (isIP(host) !== 0) await judge(host, [host]);
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
