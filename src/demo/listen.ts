import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Tls {
  readonly key: string;
  readonly cert: string;
}

export interface Listening {
  /** `http://127.0.0.1:PORT` or `https://…`, without a slash at the end. */
  readonly origin: string;
  readonly port: number;
  /** Ends open connections, too. */
  close(): Promise<void>;
}

/** A server on a free port of 127.0.0.1. */
export async function listen(onRequest: http.RequestListener, tls: Tls | undefined): Promise<Listening> {
  const server = tls === undefined ? http.createServer(onRequest) : https.createServer(tls, onRequest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // `address()` is a string only for pipes and null only before listening.
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
