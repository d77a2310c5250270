import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

export interface ConnectProxy {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly url: string;
  /** `CONNECT host:port`, or method and URL of what comes without a tunnel. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** Port of this machine that a host and port lead to, whatever they are; by default the port that was asked for. */
  readonly port?: number;
  /** The answer to every CONNECT, in the place of a tunnel. */
  readonly refuses?: number;
  /** `user:password`, without which the answer is 407. */
  readonly login?: string;
}

/** A forward proxy that reaches every host name at this machine. */
export async function startConnectProxy({ port, refuses, login }: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<net.Socket>();
  const isWelcome = ({ headers }: http.IncomingMessage) =>
    login === undefined || headers['proxy-authorization'] === `Basic ${Buffer.from(login).toString('base64')}`;

  const proxy = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (!isWelcome(request)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end();
    if (port === undefined) return void response.end('through the proxy');
    const url = new URL(request.url ?? '/');
    const passed = { ...request.headers, host: url.host };
    const onward = http.request(
      { host: '127.0.0.1', port, path: `${url.pathname}${url.search}`, method: request.method, headers: passed, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  proxy.on('connection', (socket) => void sockets.add(socket));
  proxy.on('connect', (request, client: net.Socket) => {
    asked.push(`CONNECT ${request.url}`);
    client.on('error', () => {});
    if (!isWelcome(request))
      return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\n\r\n');
    if (refuses !== undefined) return void client.end(`HTTP/1.1 ${refuses} No\r\nContent-Length: 0\r\n\r\n`);
    const upstream = net.connect(port ?? Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((done) => void proxy.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`; // listening on a port: no string, not null
  return {
    host,
    url: `http://${login === undefined ? '' : `${login}@`}${host}`,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => proxy.close(done));
    },
  };
}
