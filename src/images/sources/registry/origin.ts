import { certificateSentence } from '../../../http/network-error.ts';
import { addressKind } from '../../../http/address-kind.ts';
import { isIP } from 'node:net';
import { type AddressGuard, guardAddresses, systemAddresses } from './address-guard.ts';
import type { RegistryWorld } from './world.ts';
import { RegistryError } from './problem.ts';
import { retrying } from './retry.ts';
import { send, type Wire } from './wire.ts';

/**
 * Where a registry is spoken to: over TLS, in plain http where the user named the host, and on this machine itself whichever of the
 * two answers. `GET /v2/` is asked without any login.
 */
export async function originOf(
  host: string,
  world: RegistryWorld,
  wire: Wire,
  signal: AbortSignal,
): Promise<{ readonly origin: URL; readonly guard: AddressGuard }> {
  const given = world.address?.(host);
  const name = host === 'docker.io' ? 'registry-1.docker.io' : host;
  if (given !== undefined) return { origin: given, guard: guardAddresses(given.hostname, world.addresses) };
  const secure = new URL(`https://${name}`);
  const plain = new URL(`http://${name}`);
  const guard = guardAddresses(secure.hostname, world.addresses);
  if (world.plainHttp?.includes(host) === true) return { origin: plain, guard };
  if (!(await isThisMachine(secure.hostname, world))) return { origin: secure, guard };
  const speaksTls = await retrying(world, signal, () => answersTls(secure, guard, wire, signal));
  return { origin: speaksTls ? secure : plain, guard };
}

async function isThisMachine(hostname: string, { addresses }: RegistryWorld): Promise<boolean> {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return addressKind(bare) === 'loopback';
  if (bare !== 'localhost' && !bare.endsWith('.localhost')) return false;
  const found = await (addresses?.resolve ?? systemAddresses)(bare).catch(() => []);
  return found.length > 0 && found.every((address) => addressKind(address) === 'loopback');
}

async function answersTls(origin: URL, guard: AddressGuard, wire: Wire, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await send(
      { method: 'GET', url: new URL('/v2/', origin), headers: { 'user-agent': 'aispm' }, lookup: guard.own },
      wire,
      signal,
    );
    answer.destroy();
    return true;
  } catch (error) {
    const { problem } = error as RegistryError; // `send` throws nothing else
    // A server without TLS ends the handshake: with bytes that are no TLS, or by hanging up.
    const isPlain =
      problem?.kind === 'network' &&
      ['EPROTO', 'ECONNRESET', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'].includes(problem.code);
    if (isPlain && certificateSentence(problem.code, origin.host) === undefined) return false;
    throw error;
  }
}
