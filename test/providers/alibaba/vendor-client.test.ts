import http from 'node:http';
import type { AddressInfo } from 'node:net';
import openapi, { Config, OpenApiRequest, Params } from '@alicloud/openapi-client';
import { afterEach, describe, expect, it } from 'vitest';
import { startAlibabaDouble } from '../../../src/demo/alibaba/double.ts';
import { openSigningClient, type PlacedCall } from '../../../src/providers/alibaba/signing-client.ts';
import { exchange } from '../../../src/providers/alibaba/wire.ts';
import { randomAccount } from './connect.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** A server that keeps what it is sent. */
async function recorder(): Promise<{ readonly host: string; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];
  const server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('end', () => {
      const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
      seen.push({ method: incoming.method, url: incoming.url, headers, body: Buffer.concat(chunks).toString() });
      response.end('{"RequestId":"1"}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(
    () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  );
  // A TCP server's address is an object.
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const calls: readonly (readonly [string, PlacedCall])[] = [
  [
    'RPC',
    {
      action: 'DescribeInstances',
      version: '2014-05-26',
      style: 'RPC',
      method: 'POST',
      pathname: '/',
      query: { RegionId: 'cn-hangzhou', 'Tag.1.Key': "a b's*" },
    },
  ],
  [
    'ROA',
    {
      action: 'ListServices',
      version: '2021-07-01',
      style: 'ROA',
      method: 'GET',
      pathname: '/api/v2/services/cn-hangzhou/o%27brien',
      query: { PageSize: '100' },
    },
  ],
  [
    'form',
    {
      action: 'ListClusters',
      version: '2022-12-15',
      style: 'RPC',
      method: 'POST',
      pathname: '/',
      query: {},
      form: { MaxResults: '100', NextToken: 'a+b=' },
    },
  ],
];

/** Signed over time, nonce and the name of the program: these differ between any two requests. */
function comparable({ method, url, headers, body }: Seen) {
  const { authorization = '', connection: _, 'content-length': __, 'transfer-encoding': ___, ...others } = headers;
  const { pathname, searchParams } = new URL(url ?? '', 'http://host');
  const varying = {
    'x-acs-date': expect.any(String),
    'x-acs-signature-nonce': expect.stringMatching(/^[0-9a-f]{32}$/),
    'user-agent': expect.any(String),
  };
  return {
    method,
    pathname,
    query: [...searchParams],
    body,
    authorization: authorization.replace(/Signature=\w+/, ''),
    headers: { ...others, ...varying },
  };
}

async function sendWithVendor(host: string, keys: ReturnType<typeof randomAccount>, { query, form, ...rest }: PlacedCall, token?: string) {
  const config = {
    accessKeyId: keys.accessKeyId,
    accessKeySecret: keys.accessKeySecret,
    ...(token !== undefined && { securityToken: token }),
  };
  const client = new openapi.default(new Config({ ...config, endpoint: host, protocol: 'http' }));
  const reqBodyType = rest.style === 'ROA' ? 'json' : 'formData';
  const params = new Params({ ...rest, protocol: 'http', authType: 'AK', reqBodyType, bodyType: 'json' });
  const request = new OpenApiRequest({ query, ...(form !== undefined && { body: form }) });
  return client.callApi(params, request, { connectTimeout: 5000, readTimeout: 5000 } as never) as Promise<{ statusCode: number }>;
}

async function sendWithOurs(host: string, keys: ReturnType<typeof randomAccount>, call: PlacedCall, token?: string) {
  const callSigned = await openSigningClient();
  const agent = new http.Agent();
  return callSigned(call, {
    origin: new URL(`http://${host}`),
    keys: async () => ({
      accessKeyId: keys.accessKeyId,
      accessKeySecret: keys.accessKeySecret,
      ...(token !== undefined && { securityToken: token }),
    }),
    send: (request) =>
      exchange(request, { agents: { http: agent, https: agent as never }, timeoutMs: 5000, signal: new AbortController().signal }),
  });
}

describe("beside the vendor's own client", () => {
  it.each(calls)('our %s requests are the same', async (_, call) => {
    const keys = randomAccount();
    for (const token of [undefined, 'a-token']) {
      const { host, seen } = await recorder();
      await sendWithVendor(host, keys, call, token);
      await sendWithOurs(host, keys, call, token);
      const [theirs, ours] = seen;
      expect(ours && comparable(ours)).toEqual(theirs && comparable(theirs));
    }
  });

  it.each([
    ['RPC', 'ecs-20140526:DescribeInstances', calls[0]?.[1]],
    ['form', 'eflo-controller-20221215:ListClusters', calls[2]?.[1]],
  ] as const)('the loopback double takes their %s signature as well', async (_, operation, call) => {
    const keys = randomAccount();
    if (call === undefined) throw new Error('no such call');
    const double = await startAlibabaDouble({ accounts: [keys], answers: [{ operation, answer: { NextToken: '' } }] });
    closing.push(() => double.close());
    expect(await sendWithVendor(`127.0.0.1:${double.port}`, keys, call)).toMatchObject({ statusCode: 200 });
    await expect(sendWithVendor(`127.0.0.1:${double.port}`, { ...keys, accessKeySecret: 'wrong' }, call)).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });
});
