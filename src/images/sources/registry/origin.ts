import { isIP } from 'node:net';
import { certificateSentence } from '../../../http/network-error.ts';
import { addressKind } from '../../../http/address-kind.ts';
import { type AddressGuard, guardAddresses, systemAddresses } from './address-guard.ts';
import { publicName } from './private-address.ts';
import { RegistryError, type RegistryProblem, unmadeContact } from './problem.ts';
import type { RegistryWorld } from './world.ts';
import { send, type Wire } from './wire.ts';

export interface Place {
  readonly origin: URL;
  readonly guard: AddressGuard;
}

/**
 * Where a registry is spoken to: over TLS, in plain http where the user named the host, and on this machine itself whichever of the
 * two answers. Where a name is one inside of a private network and does not answer, by its public name. `GET /v2/` is asked without
 * any login.
 */
export async function originOf(host: string, world: RegistryWorld, wire: Wire, signal: AbortSignal): Promise<Place> {
  const given = world.address?.(host);
  const name = host === 'docker.io' ? 'registry-1.docker.io' : host;
  if (given !== undefined) return { origin: given, guard: guardAddresses(given.hostname, world.addresses) };
  const secure = new URL(`https://${name}`);
  const isPlain = world.plainHttp?.includes(host) === true;
  const isNamedByUser = isPlain || world.namedBy !== 'asset';
  const guard = guardAddresses(secure.hostname, { ...world.addresses, name: host, isNamedByUser });
  await guard.demandOwn(secure);
  if (isPlain) return { origin: new URL(`http://${name}`), guard };
  if (await isThisMachine(secure.hostname, world)) {
    const answer = await knock(secure, guard, wire, signal);
    if (answer === 'tls') return { origin: secure, guard };
    if (!isNoTls(answer)) throw new RegistryError(answer);
    return { origin: new URL(`http://${name}`), guard };
  }
  const elsewhere = publicName(name);
  if (elsewhere === undefined || (await isReached(secure, guard, wire, signal))) return { origin: secure, guard };
  return { origin: new URL(`https://${elsewhere}`), guard: guardAddresses(elsewhere, { ...world.addresses, isNamedByUser }) };
}

/** Inside of the network the answer is immediate; outside packets are lost without a word. */
const privateConnectMs = 5000;

async function isReached(origin: URL, guard: AddressGuard, wire: Wire, signal: AbortSignal): Promise<boolean> {
  const { limits, ...rest } = wire;
  const hurried = { ...rest, limits: { ...limits, connectMs: Math.min(limits.connectMs, privateConnectMs) } };
  const answer = await knock(origin, guard, hurried, signal);
  return answer === 'tls' || unmadeContact(answer) === undefined;
}

async function isThisMachine(hostname: string, { addresses }: RegistryWorld): Promise<boolean> {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return addressKind(bare) === 'loopback';
  if (bare !== 'localhost' && !bare.endsWith('.localhost')) return false;
  const found = await (addresses?.resolve ?? systemAddresses)(bare).catch(() => []);
  return found.length > 0 && found.every((address) => addressKind(address) === 'loopback');
}

/** `tls`: a server answered over TLS, whatever it said. Throws where the run was interrupted. */
async function knock(origin: URL, guard: AddressGuard, wire: Wire, signal: AbortSignal): Promise<'tls' | RegistryProblem> {
  try {
    const request = { method: 'GET' as const, url: new URL('/v2/', origin), headers: { 'user-agent': 'aispm' }, lookup: guard.own };
    const answer = await send(request, wire, signal);
    answer.destroy();
    return 'tls';
  } catch (error) {
    if (!(error instanceof RegistryError) || error.problem.kind === 'interrupted') throw error;
    return error.problem;
  }
}

/** A server without TLS ends the handshake: with bytes that are no TLS, or by hanging up. */
function isNoTls(problem: RegistryProblem): boolean {
  if (problem.kind !== 'network' || certificateSentence(problem.code, problem.host) !== undefined) return false;
  return ['EPROTO', 'ECONNRESET', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'].includes(problem.code);
}
