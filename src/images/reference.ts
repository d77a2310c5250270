import { UsageError } from '../model/usage-error.ts';
import { parseDigest } from './digest.ts';

/** What a reference names. Nothing of it has been looked for yet. */
export type ImageReference = RegistryReference | FileReference;

export interface RegistryReference {
  readonly kind: 'registry';
  /** As the user wrote it. */
  readonly text: string;
  /** Host with its port, if one was given; `docker.io` for Docker Hub in all its spellings. */
  readonly host: string;
  readonly repository: string;
  /** `latest` where neither tag nor digest was given. */
  readonly tag?: string;
  /** Wins over the tag, which then is only shown. */
  readonly digest?: string;
}

export interface FileReference {
  readonly kind: 'file';
  readonly text: string;
  readonly path: string;
  /** Undefined: the file itself tells. */
  readonly form?: 'oci-layout' | 'docker-archive';
  /** A tag of the index, or a name of the archive; all images of the file where it is left out. */
  readonly tag?: string;
  readonly digest?: string;
}

/**
 * Reads `[HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]` with Docker's defaults, and files: `./folder`, `/path/image.tar`,
 * `oci:PATH[:TAG]`, `oci-archive:PATH[:TAG]`, `docker-archive:PATH[:NAME]`. A text that ends as a tar does, packed or not, is a path.
 * `-` is an archive that is piped in. `oci://HOST/REPOSITORY`, as Helm and others write it, is in a registry, and so is `docker://HOST/REPOSITORY`.
 * Grammar: https://pkg.go.dev/github.com/distribution/reference. Throws a UsageError that quotes the text.
 */
export function parseReference(text: string): ImageReference {
  if (text.trim() === '') throw new UsageError('an image reference is empty', forms);
  const ofArtifact = /^oci:\/\/(?!\/)(.*)$/s.exec(text)?.[1];
  if (ofArtifact !== undefined) return { ...parseRegistryReference(ofArtifact), text };
  refuseOtherStores(text);
  const prefixed = /^(oci|oci-layout|oci-archive|docker-archive):(.*)$/s.exec(text);
  if (prefixed !== null) return parseFile(text, prefixed[1] === 'docker-archive' ? 'docker-archive' : 'oci-layout', prefixed[2] ?? '');
  if (isPath(text)) return { kind: 'file', text, ...splitDigest(text, text, 'file') };
  refuseLogin(text);
  refuseBareHost(text);
  return parseRegistryReference(text);
}

/** `USER:PASSWORD@HOST/…`, with or without a scheme: it is not repeated. */
function refuseLogin(text: string): void {
  if (!/^(?:[a-z][a-z0-9+.-]*:\/\/)?[^/@]+:[^/@]*@[^/@]*[/.]/i.test(text)) return;
  throw new UsageError('a reference holds a login, which has no place there', {
    hint: 'leave it out; sign in with "docker login HOST", whose logins are used',
  });
}

const otherStores = /^(?:docker-daemon|containers-storage|dir|sif|ostree):/;

/** Places that other tools know by these names, and that are not read here. */
function refuseOtherStores(text: string): void {
  const [store] = otherStores.exec(text) ?? [];
  if (store !== undefined)
    throw malformed(
      text,
      `what "${store}" names is not read here`,
      `write it into an archive first: skopeo copy ${store}… oci-archive:image.tar`,
    );
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(text))
    throw malformed(
      text,
      'it is a digest or the id of an image, and names no repository',
      'write REPOSITORY@sha256:…; an image of this machine is given as an archive (docker save)',
    );
}

/** Docker would look for it in Docker Hub, where no such name has a dot: what is meant is a registry, or a file. */
function refuseBareHost(text: string): void {
  const [, host] = /^((?:[^/@:]*\.[^/@:]*|localhost)(?::\d+)?)(?:[:@][^/]*)?$/.exec(text) ?? [];
  if (host === undefined) return;
  const hint = `write ${host}/REPOSITORY, --registry ${host} for all of its repositories, or ./${text} for a file`;
  throw malformed(text, 'it is the name of a registry, or of a file', hint);
}

/** As `parseReference`, for what is known to be in a registry: the image of an asset, a repository to list. */
export function parseRegistryReference(text: string): RegistryReference {
  refuseLogin(text);
  const bare = text.replace(/^docker:\/\//, '');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(bare)?.[1];
  if (scheme?.toLowerCase() === 'file') throw malformed(text, 'it begins with "file://"', 'write the path alone');
  if (scheme !== undefined)
    throw malformed(text, `it begins with "${scheme}://"`, 'leave the scheme out; plain http is allowed by --plain-http HOST');
  if (/\s/.test(bare)) throw malformed(text, 'it holds a space or a line break');
  const { path: named, digest } = splitDigest(bare, text, 'registry');
  const { host, rest } = splitHost(named);
  const [, name = '', tag] = /^(.*?)(?::([^/]*))?$/s.exec(rest) ?? [];
  if (host !== 'docker.io' || rest !== named) demandHost(host, text);
  demandRepository(name, text);
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) {
    throw malformed(
      text,
      `"${tag}" is no tag`,
      'a tag has up to 128 letters, digits, "_", "." and "-", and begins with none of "." and "-"',
    );
  }
  const repository = host === 'docker.io' && !name.includes('/') ? `library/${name}` : name;
  const wanted = tag ?? (digest === undefined ? 'latest' : undefined);
  return {
    kind: 'registry',
    text,
    host,
    repository,
    ...(wanted !== undefined && { tag: wanted }),
    ...(digest !== undefined && { digest }),
  };
}

/** `HOST[:PORT]` of a whole registry. Throws a UsageError. */
export function parseRegistryHost(text: string): string {
  refuseLogin(text);
  demandHost(text, text);
  return normalHost(text);
}

const forms = { hint: 'write an image as [HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST], or a file as ./PATH, oci:PATH or docker-archive:PATH' };

function malformed(text: string, why: string, hint: string = forms.hint): UsageError {
  return new UsageError(`"${text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text}" is no image reference: ${why}`, {
    hint,
  });
}

const longestQuote = 300;

function isPath(text: string): boolean {
  return (
    /^(-$|\/|\.{1,2}(\/|$)|~\/|[A-Za-z]:\\)/.test(text) ||
    /\.(?:tar(?:\.(?:gz|zst|xz|bz2|lz4|lz|lzma))?|tgz|tzst|txz|tbz2?|tlz)(?:@[a-z0-9]+:[0-9a-f]+)?$/i.test(text)
  );
}

/** As in skopeo, what follows the first colon of the path names an image in the file: a path that holds colons is written as `./PATH`. */
function parseFile(text: string, form: 'oci-layout' | 'docker-archive', rest: string): FileReference {
  const { path: named, digest } = splitDigest(rest, text, 'file');
  const colon = named.indexOf(':');
  const path = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (path === '') throw malformed(text, 'no path follows the ":"');
  if (tag === '') throw malformed(text, 'no tag follows the last ":"');
  return { kind: 'file', text, form, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** A path may hold an "@" that begins no digest. */
function splitDigest(named: string, text: string, kind: ImageReference['kind']): { readonly path: string; readonly digest?: string } {
  const at = named.lastIndexOf('@');
  if (at < 0 || (kind === 'file' && !/^[a-z0-9+._-]+:[0-9a-fA-F]+$/.test(named.slice(at + 1)))) return { path: named };
  const digest = named.slice(at + 1);
  if (parseDigest(digest) === undefined) {
    throw malformed(text, `"${digest}" is no digest`, 'a digest is sha256: and 64 hexadecimal digits in lower case, or sha512: and 128');
  }
  return { path: named.slice(0, at), digest };
}

/** The first part is a host if it holds a dot or a colon, has capitals, or is `localhost`: otherwise `a/b` is of Docker Hub. */
function splitHost(named: string): { readonly host: string; readonly rest: string } {
  const slash = named.indexOf('/');
  const first = named.slice(0, Math.max(slash, 0));
  const isHost = slash > 0 && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  return isHost ? { host: normalHost(first), rest: named.slice(slash + 1) } : { host: 'docker.io', rest: named };
}

const hub = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

function normalHost(host: string): string {
  const lower = host.toLowerCase();
  return hub.has(lower) ? 'docker.io' : lower;
}

function demandHost(host: string, text: string): void {
  const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
  const match = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::(\\d{1,5}))?$`).exec(host);
  if (match === null) throw malformed(text, `"${host}" is no host`);
  const port = match[1];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) throw malformed(text, `${port} is no port`);
}

/** A name that a repository can have, of whatever registry. */
export function isRepositoryName(name: string): boolean {
  return name.length <= maxNameLength && name.split('/').every(isNamePart);
}

const maxNameLength = 255;
const isNamePart = (part: string): boolean => /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(part);

function demandRepository(name: string, text: string): void {
  if (name === '') throw malformed(text, 'it names no repository');
  if (name.length > maxNameLength)
    throw malformed(text, `the name of its repository has ${name.length} characters`, `a repository has at most ${maxNameLength}`);
  const part = name.split('/').find((one) => !isNamePart(one));
  if (part === undefined) return;
  if (part !== part.toLowerCase()) throw malformed(text, `"${part}" has capitals`, 'repositories are written in lower case');
  throw malformed(text, part === '' ? 'it holds an empty part' : `"${part}" is no part of a repository's name`);
}
