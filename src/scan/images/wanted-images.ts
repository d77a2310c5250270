import { setTimeout as delay } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { createAgents } from '../../http/agents.ts';
import { type ImageReference, parseReference } from '../../images/reference.ts';
import { type ImageSources, openSources } from '../../images/sources/open-image.ts';
import { dockerLogins } from '../../images/sources/registry/docker-config.ts';
import type { CredentialSource } from '../../images/sources/registry/login.ts';
import type { ReaderOptions } from '../../images/sources/registry/reader.ts';
import { usualWireLimits } from '../../images/sources/registry/wire.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { WantedImage } from './wanted-image.ts';
import type { World } from '../world.ts';

/** How registries are reached, and what is piped in. */
export interface RegistryOptions {
  /** Hosts that are spoken to without TLS. */
  readonly plainHttp: readonly string[];
  /** PEM text of further authorities. */
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly offline: boolean;
  /** Hosts of token services that the user trusts with a registry's login. */
  readonly tokenHosts?: readonly string[];
  /** Who wrote the names of registries; the user where it is left out. */
  readonly namedBy?: 'user' | 'asset';
  /** Where a registry answers, if not at its own name. */
  readonly address?: (host: string) => URL | undefined;
  /** Logins beside those of Docker's configuration: asked before them, or where they know none. */
  readonly logins?: { readonly source: CredentialSource; readonly when: 'first' | 'last' };
  /** What is piped in, if anything is: the archive "-". */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** What it is called in the report; the name of its images where it is left out. */
  readonly stdinName?: string;
}

export function openImageSources(
  { plainHttp, ca, timeoutMs, offline, tokenHosts, namedBy, address, logins, stdin, stdinName }: RegistryOptions,
  world: World,
): ImageSources {
  const fromDocker = dockerLogins(world.env);
  return openSources({
    temporaryFolder: tmpdir(),
    ...(stdin !== undefined && { stdin }),
    ...(stdinName !== undefined && { stdinName }),
    registry: {
      agents: createAgents({ env: world.env, offline, ...(ca !== undefined && { ca }) }),
      credentials: inOrder(fromDocker, logins),
      plainHttp,
      ...(tokenHosts !== undefined && { trustedRealms: tokenHosts }),
      ...(namedBy !== undefined && { namedBy }),
      ...(address !== undefined && { address }),
      limits: { connectMs: Math.min(usualWireLimits.connectMs, timeoutMs), headersMs: timeoutMs, idleMs: timeoutMs },
      now: world.now,
      random: world.random,
      sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
      debug: world.debug,
    },
  });
}

function inOrder(fromDocker: CredentialSource, logins: RegistryOptions['logins']): CredentialSource {
  if (logins === undefined) return fromDocker;
  return logins.when === 'first' ? either(logins.source, fromDocker) : either(fromDocker, logins.source);
}

function either(first: CredentialSource, second: CredentialSource): CredentialSource {
  return async (host, signal, repository) => {
    const known = await first(host, signal, repository);
    if (known.credential !== undefined) return known;
    const other = await second(host, signal, repository);
    return other.credential === undefined && known.note !== undefined ? known : other;
  };
}

/** References as the user wrote them; those of the shard alone. Throws a UsageError for one that does not parse, or that needs a network where none may be used. */
export function wantedImages(
  texts: readonly string[],
  sources: ImageSources,
  options: { readonly offline: boolean; readonly reader?: ReaderOptions; readonly isWanted?: (repository: string) => boolean },
): readonly WantedImage[] {
  const images = [...new Set(texts)].map((text) => {
    const reference = parseReference(text);
    if (options.offline && reference.kind === 'registry')
      throw new UsageError(`--offline allows no connection, and "${text}" is in a registry`, {
        hint: 'name an OCI layout or an archive: ./folder, ./image.tar, oci:PATH, docker-archive:PATH',
      });
    return wantedImage(reference, sources, options.reader);
  });
  return images.filter(({ repository }) => options.isWanted?.(repository) !== false);
}

export function wantedImage(reference: ImageReference, sources: ImageSources, reader?: ReaderOptions): WantedImage {
  return {
    reference: reference.text,
    repository: reference.kind === 'registry' ? `oci:${reference.host}/${reference.repository}` : reference.text,
    open: async () => ({ readers: [await sources.open(reference, reader)], gaps: [] }),
  };
}
