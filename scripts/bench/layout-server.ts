import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';

export interface LayoutServer {
  /** HOST:PORT, on loopback. */
  readonly host: string;
  close(): void;
}

/** A registry as small as can be: whatever is asked for by digest comes from the OCI layout, and any tag is its first image. */
export async function serveLayout(folder: string): Promise<LayoutServer> {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { manifests: [{ digest: string; mediaType: string }] };
  const [first] = index.manifests;
  const server = createServer(({ url = '' }, response) => {
    const [, kind, named = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    const digest = kind === 'manifests' && !named.startsWith('sha256:') ? first.digest : named;
    const file = join(folder, 'blobs', digest.replace(':', '/'));
    if (url === '/v2/') return response.end();
    if (kind === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest) || !existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, {
      'content-length': statSync(file).size,
      'content-type': kind === 'manifests' ? first.mediaType : 'application/octet-stream',
      'docker-content-digest': digest,
    });
    return pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), response, () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}
