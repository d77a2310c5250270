import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Authority, makeAuthority } from '../../src/demo/certificates.ts';

let authority: Authority;
let server: https.Server;
let port: number;

beforeAll(async () => {
  authority = await makeAuthority(new Date());
  server = https.createServer(await authority.issue(['127.0.0.1', 'localhost']), (_, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port; // a string only for pipes
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test('a certificate is trusted by who knows its authority, by address and by name', async () => {
  expect(await get(`https://127.0.0.1:${port}/`, authority.caPem)).toBe('hello');
  expect(await get(`https://localhost:${port}/`, authority.caPem)).toBe('hello');
});

test('another authority made at the same time vouches for nothing', async () => {
  const other = await makeAuthority(new Date());
  await expect(get(`https://127.0.0.1:${port}/`, other.caPem)).rejects.toThrow(/certificate/);
  await expect(get(`https://127.0.0.1:${port}/`, undefined)).rejects.toThrow(/certificate/);
});

function get(url: string, ca: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { ...(ca === undefined ? {} : { ca }), agent: false }, (response) => {
      response.setEncoding('utf8');
      let body = '';
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
  });
}
