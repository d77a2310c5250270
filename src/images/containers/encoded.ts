import type { EncodedKind } from '../layer/layer-pass.ts';
import type { Container } from './container.ts';
import type { ContentReader } from './content-reader.ts';
import { readZlib } from './git/loose-objects.ts';
import { readGzip } from './packed.ts';

/** A run's content is one file without a name of its own; it is opened by its first bytes. */
export function readEncoded(container: Container, kind: EncodedKind): ContentReader | undefined {
  // Two bytes are no magic: where they are none, there is nothing to say.
  if (kind === 'zlib in base64') return readZlib({ ...container, limit: () => undefined });
  if (kind === 'gzip in base64' || kind === 'gzip in base64, twice') return readGzip(sureOnly(container));
  const item = container.item('');
  return (
    item && {
      push: (bytes) => void item.write(bytes),
      end: (isWhole) => item.end(isWhole),
    }
  );
}

/** Where nothing to speak of comes out, letters were like the beginning of an archive by chance: it is no damaged one. */
function sureOnly(container: Container): Container {
  let unpackedBytes = 0;
  return {
    ...container,
    item(name) {
      const item = container.item(name);
      return (
        item && {
          write(bytes) {
            unpackedBytes += bytes.length;
            return item.write(bytes);
          },
          end: (isWhole) => item.end(isWhole),
        }
      );
    },
    limit(subject) {
      if (unpackedBytes >= leastUnpacked) container.limit(subject);
    },
  };
}

const leastUnpacked = 64;
