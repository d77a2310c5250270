import { type AssetId, assetId } from './ids.ts';

const hub = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/** The same for whatever an asset says it runs: what is no reference stands for itself, so that it is not lost. `undefined`: no text at all. */
export function repositoryNamed(text: string): AssetId | undefined {
  const name = text.trim();
  if (name === '') return undefined;
  return repositoryOfReference(name) ?? assetId(`oci:${name.replaceAll(/[^!-~]/g, '_')}`);
}

/**
 * `oci:<host>/<repository>` of a reference as a cloud's API names an image, with Docker's defaults; `undefined` for what names none.
 * Tag and digest are left out: a repository is one asset. Grammar: https://pkg.go.dev/github.com/distribution/reference
 */
export function repositoryOfReference(reference: string): AssetId | undefined {
  const named = reference.replace(/^docker:\/\//, '').replace(/@[a-z0-9+._-]+:[0-9a-fA-F]+$/, '');
  const slash = named.indexOf('/');
  const first = named.slice(0, Math.max(slash, 0));
  const isHost = slash > 0 && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const host = isHost ? first.toLowerCase() : 'docker.io';
  const name = (isHost ? named.slice(slash + 1) : named).replace(/:\w[\w.-]{0,127}$/, '');
  const isHub = hub.has(host);
  if (!/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/.test(name)) return undefined;
  if (!/^[a-z0-9.:[\]-]+$/.test(host)) return undefined;
  return assetId(`oci:${isHub ? 'docker.io' : host}/${isHub && !name.includes('/') ? `library/${name}` : name}`);
}
