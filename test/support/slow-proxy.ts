import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlowProxy {
  readonly host: string;
  /** The most requests that were open at once. */
  readonly most: () => number;
  close(): void;
}

/** Before a server on loopback: every answer takes so long, and it is counted how many are waited for at once, of those that `counted` names. */
export async function startSlowProxy(origin: string, delayMs: number, counted = /^/): Promise<SlowProxy> {
  let [open, most] = [0, 0];
  const server = http.createServer((request, response) => {
    const counts = counted.test(request.url ?? '') ? 1 : 0;
    open += counts;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= counts;
      const upstream = http.request(`${origin}${request.url}`, { method: request.method, headers: request.headers, agent: false });
      upstream.on('error', () => response.destroy());
      upstream.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(upstream);
    }, delayMs);
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // listening on a port: no string, not null
  return {
    host: `127.0.0.1:${port}`,
    most: () => most,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
