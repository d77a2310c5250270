import { expect, test } from 'vitest';
import { parseEndpoints } from '../../src/http/endpoints.ts';
import { UsageError } from '../../src/model/usage-error.ts';

const providers = ['aws', 'azure', 'alibaba'];
const parse = (...texts: string[]) =>
  parseEndpoints(texts, { providers, resolve: async (host) => (host === 'away.localhost' ? ['203.0.113.7'] : ['127.0.0.1', '::1']) });

test('an endpoint of a service wins over that of its provider, and the region is filled in', async () => {
  const endpoints = await parse('aws=https://all.example', 'aws.bedrock-agent=https://{service}.{region}.example/base');
  expect(endpoints('aws', 'bedrock-agent', 'eu-west-1')?.href).toBe('https://bedrock-agent.eu-west-1.example/base');
  expect(endpoints('aws', 'iam', 'global')?.href).toBe('https://all.example/');
  expect(endpoints('azure', 'arm', 'global')).toBeUndefined();
});

test('plain http is for loopback alone', async () => {
  await expect(parse('aws=http://127.0.0.1:4566', 'alibaba=http://[::1]:80', 'azure=http://x.localhost:1')).resolves.toBeTypeOf('function');
  await expect(parse('aws=http://203.0.113.7')).rejects.toThrow(
    '--endpoint "aws=http://203.0.113.7" would send credentials in plain http, and "203.0.113.7" is no loopback address',
  );
  await expect(parse('aws=http://proxy.example')).rejects.toThrow('"proxy.example" is no loopback address');
  await expect(parse('aws=http://away.localhost')).rejects.toThrow('"away.localhost" does not resolve to loopback');
});

test.each([
  ['aws', 'is not of the form'],
  ['gcp=https://x.example', 'names the provider "gcp"'],
  ['aws=nonsense', 'holds no URL'],
  ['aws=ftp://x.example', 'neither https nor http'],
])('a malformed endpoint %s is a usage error', async (text, message) => {
  await expect(parse(text)).rejects.toThrow(UsageError);
  await expect(parse(text)).rejects.toThrow(message);
});

test('a password in an endpoint is refused without being printed', async () => {
  const failure = parse('aws=https://me:hunter2@x.example');
  await expect(failure).rejects.toThrow('an --endpoint holds a user name or password');
  await expect(failure).rejects.not.toThrow('hunter2');
});
