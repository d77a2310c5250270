import { createHash } from 'node:crypto';
import { nameOfRepository } from '../../model/image-rule.ts';
import type { ImageLocation } from '../../model/secret-match.ts';
import { sarifText, sarifUri } from '../escape/sarif.ts';
import type { Region } from './evidence-file.ts';

/**
 * `image/<host>/<repository>/<path inside>`, with no digest in it: a rebuild would close and open every alert. What lies in no
 * file of a layer stands under the name of its part.
 */
export function imageUri({ asset, part, path }: ImageLocation): string {
  const inside = part === 'layer' ? path : part;
  const segments = [...nameOfRepository(asset).split('/'), ...inside.split('/')].filter((segment) => segment !== '' && segment !== '.');
  // A path that climbs out would be resolved to somewhere else.
  return shortened(['image', ...segments.map((segment) => (segment === '..' ? '__' : segment))].join('/'));
}

/** Whoever builds an image may give a file a name of any length; a portal that refuses one place refuses the whole file. */
function shortened(path: string): string {
  const uri = sarifUri(path);
  if (uri.length <= longestUri) return uri;
  return `${sarifUri(path.slice(0, keptCharacters))}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
}

/** What GitLab takes of an address; a character may be nine of it. */
const longestUri = 2048;
const keptCharacters = 220;

/** One character wide: where a key ends is not said. Without a line it is the first of the file. */
export function imageRegion({ line, column }: ImageLocation): Region {
  const [startLine, startColumn] = [line ?? 1, column ?? 1];
  return { startLine, startColumn, endLine: startLine, endColumn: startColumn + 1 };
}

/** The image by digest, the layer (or other blob) by digest, and the history line that made it. */
export function imageLogicalLocations(at: ImageLocation): readonly object[] {
  const { asset, manifests, tags, platforms, part, blob, layerIndex, madeBy } = at;
  const name = nameOfRepository(asset);
  const images = manifests.slice(0, mostImages).map((digest) => ({
    kind: 'image',
    name: sarifText([`${name}${tags.length > 0 ? `:${tags.join(', ')}` : ''}`, ...platforms].join(' ')),
    fullyQualifiedName: `${name}@${digest}`,
  }));
  const layer = {
    kind: part,
    name: sarifText(`${layerIndex === undefined ? part : `layer ${layerIndex + 1}`}${madeBy === undefined ? '' : `: ${madeBy}`}`),
    fullyQualifiedName: `${name}@${blob}`,
  };
  return [...images, layer];
}

const mostImages = 10;
