/** Everything that a manifest or an index may be. Without the list some registries convert what they hold to schema 1. */
export const manifestTypes: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.artifact.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.docker.distribution.manifest.v1+json',
];

/**
 * Members of an index that are blobs and no manifests: BuildKit keeps its cache so.
 * https://github.com/moby/buildkit/blob/master/cache/remotecache/export.go
 */
export function isBlobMember(mediaType: string): boolean {
  return isTarLayer(mediaType) || mediaType === 'application/vnd.buildkit.cacheconfig.v0';
}

/** Of other members it shows only when they are read what they are. */
export function isManifestType(mediaType: string): boolean {
  return mediaType === '' || manifestTypes.includes(mediaType);
}

const imageConfigs = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  // Registries that keep schema 1 as it was.
  'application/octet-stream',
]);

/** The configuration of something that runs; everything else with a configuration is an artifact. */
export function isImageConfig(mediaType: string): boolean {
  return imageConfigs.has(mediaType);
}

/** Layers that name addresses of their own (`foreign`, `nondistributable`). */
export function isForeignLayer(mediaType: string): boolean {
  return /\.foreign\.|\.nondistributable\./.test(mediaType);
}

/** Layers that promise a tar, whatever it is packed with. */
export function isTarLayer(mediaType: string): boolean {
  return /[.+]tar(?:$|[.+])/.test(mediaType);
}

/** Layers of OCIcrypt. https://github.com/containers/ocicrypt/blob/main/docs */
export function isEncryptedLayer(mediaType: string): boolean {
  return /[+]encrypted$/.test(mediaType);
}
