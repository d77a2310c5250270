import type { ImageLocation } from '../../model/secret-match.ts';

/** Places with advice of their own; a key that was copied all over an image needs no list. */
const mostSentences = 3;

/** What a rebuild without the key changes, by where it lies: the instruction that brought it in, and what to write instead. */
export function rebuildAdvice(places: readonly ImageLocation[]): readonly string[] {
  return [...new Set(places.map(adviceFor))].slice(0, mostSentences);
}

function adviceFor(at: ImageLocation): string {
  switch (at.part) {
    case 'config':
      return adviceForConfig(at);
    case 'history':
      return 'A build argument stands in the history of every layer behind it: take it out of ARG, and mount it with RUN --mount=type=secret.';
    case 'annotation':
      return `Take it out of the annotation ${at.path.replace(/^(?:.*[.\]])?annotations\./, '')}.`;
    case 'manifest':
      return 'Take it out of the manifest, and push the image again.';
    case 'document':
      return 'The document that is attached to the image holds it: make provenance and SBOM again after the build has changed.';
    case 'layer':
      return adviceForLayer(at);
  }
}

function adviceForConfig({ path }: ImageLocation): string {
  if (/^(?:config|container_config)\.Env\b/.test(path))
    return 'Take it out of ENV: hand it to the container when it starts, from a secret store.';
  if (/\.Labels\b/.test(path)) return 'Take it out of LABEL.';
  if (/\.(?:Cmd|Entrypoint|Healthcheck)\b/.test(path))
    return 'Take it out of CMD, ENTRYPOINT and HEALTHCHECK: let the program read it when it starts.';
  if (/\.Shell\b/.test(path)) return 'Take it out of SHELL: it stands before every command of the build.';
  if (/\.OnBuild\b/.test(path)) return 'Take it out of ONBUILD: it runs in every image that is built on this one.';
  return path === '' ? 'Take it out of the configuration.' : `Take it out of ${path} of the configuration.`;
}

function adviceForLayer({ origin, madeBy = '', path, visible, layerIndex = 0 }: ImageLocation): string {
  const stays = visible === 'deleted' ? ` Deleting it later left it in layer ${layerIndex + 1}.` : '';
  if (origin === 'base') return `It came with the base image: build on one without it.${stays}`;
  const file = shortened(path.split('!/', 1)[0] ?? '');
  switch (instructionOf(madeBy)) {
    case 'copy':
      return `"${madeBy}" brought ${file} in: name it in .dockerignore, or copy only what the image needs.${stays}`;
    case 'run':
      return `"${madeBy}" wrote ${file}: give that step the key with RUN --mount=type=secret, and let it write no file that holds it.${stays}`;
    case undefined:
      return `Leave ${file === '' ? 'it' : file} out of the layer.${stays}`;
  }
}

/** A sentence of pages helps nobody; the place itself has the whole name. */
const shortened = (file: string): string =>
  file.length > longestName ? `${file.slice(0, longestName).replace(/[\ud800-\udbff]$/, '')}…` : file;
const longestName = 300;

/** Of BuildKit, the builder before it (`/bin/sh -c #(nop) COPY …`), buildah and kaniko. */
function instructionOf(madeBy: string): 'copy' | 'run' | undefined {
  const line = madeBy.replace(/^\/bin\/sh -c #\(nop\)\s*/, '');
  if (/^(?:COPY|ADD)\b/i.test(line)) return 'copy';
  return /^(?:RUN\b|\|\d+ |\/bin\/(?:ba)?sh -c\b)/i.test(line) ? 'run' : undefined;
}
