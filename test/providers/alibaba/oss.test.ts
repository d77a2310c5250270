import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startAlibabaDouble } from '../../../src/demo/alibaba/double.ts';
import { isOssSignatureRight } from '../../../src/demo/alibaba/oss.ts';
import { loadOperations } from '../../../src/providers/alibaba/operations.ts';
import { operationId } from '../../../src/model/ids.ts';
import { deniesPlainHttp } from '../../../src/providers/alibaba/oss/https-only.ts';
import { placeOss } from '../../../src/providers/alibaba/oss/place-request.ts';
import { signOss } from '../../../src/providers/alibaba/oss/sign.ts';
import { bucketOfUri, kmsKeyId } from '../../../src/providers/alibaba/resource-ids.ts';
import { attempt, connectOptions, environmentOf, open, randomAccount, ready } from './connect.ts';

const operations = await loadOperations();
const named = (name: string) => operations.get(operationId(`oss-20190517:${name}`))!;

describe('the signature of OSS', () => {
  it("is that of the vendor's own test vectors", () => {
    const headers = { 'x-oss-head1': 'value', abc: 'value', ZAbc: 'value', XYZ: 'value', 'content-type': 'text/plain' };
    const query = { param1: 'value1', '+param1': 'value3', '|param1': 'value4', '+param2': '', '|param2': '', param2: '' };
    const request = { method: 'PUT', resource: '/bucket/1234+-/123/1.txt', query, headers, region: 'cn-hangzhou' };
    const keys = { accessKeyId: 'ak', accessKeySecret: 'sk' };
    const plain = signOss({ ...request, additionalHeaders: [] }, keys, new Date(1702743657_000));
    expect(plain).toMatchObject({
      'x-oss-date': '20231216T162057Z',
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
      authorization:
        'OSS4-HMAC-SHA256 Credential=ak/20231216/cn-hangzhou/oss/aliyun_v4_request,Signature=e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe',
    });
  });
});

describe('the double of OSS', () => {
  it('takes no request whose address is not the one that was signed', () => {
    const keys = randomAccount();
    const origin = new URL('http://127.0.0.1:1/cn-beijing/oss-20190517');
    const { url, request } = placeOss(named('GetBucketPolicy'), { bucket: 'training-data', region: 'cn-beijing' }, origin, true);
    const headers = signOss(request, keys, new Date());
    const isRight = (href: string) =>
      isOssSignatureRight({ method: 'GET', url: new URL(href), headers, body: Buffer.alloc(0) }, keys.accessKeySecret);
    expect(isRight(url.href)).toBe(true);
    expect(isRight(url.href.replace('training-data', 'other-data'))).toBe(false);
    expect(isRight(url.href.replace('policy', 'logging'))).toBe(false);
    expect(isRight(url.href.replace('cn-beijing', 'cn-hangzhou'))).toBe(false);
  });
});

describe('the place of a request to OSS', () => {
  const origin = new URL('https://oss-cn-beijing.aliyuncs.com');
  const params = { bucket: 'training-data', region: 'oss-cn-beijing' };

  it('is the bucket in front of the endpoint, and in the path of an override', () => {
    expect(placeOss(named('GetBucketPolicy'), params, origin, false).url.href).toBe(
      'https://training-data.oss-cn-beijing.aliyuncs.com/?policy',
    );
    const override = new URL('http://127.0.0.1:1/cn-beijing/oss-20190517');
    expect(placeOss(named('GetBucketPolicy'), params, override, true).url.href).toBe(
      'http://127.0.0.1:1/cn-beijing/oss-20190517/training-data/?policy',
    );
    expect(placeOss(named('ListBuckets'), { marker: 'a b' }, origin, false).url.href).toBe(
      'https://oss-cn-beijing.aliyuncs.com/?marker=a%20b',
    );
  });

  it('is never made of a text that is no bucket name or region', () => {
    for (const bucket of ['evil.example/', 'a@b', 'A', '', 'x'.repeat(64)]) {
      expect(() => placeOss(named('GetBucketPolicy'), { ...params, bucket }, origin, false), bucket).toThrow('needs the name of a bucket');
    }
    expect(() => placeOss(named('GetBucketPolicy'), { ...params, region: 'oss-x.evil/' }, origin, false)).toThrow(
      'names a region that is none',
    );
  });
});

describe('answers of OSS', () => {
  const call = (name: string, answer: object, params: object = { bucket: 'b-1', region: 'oss-cn-beijing' }) =>
    answered({ operation: `oss-20190517:${name}`, answer: answer as never }, params);

  async function answered(recorded: Parameters<typeof open>[0]['answers'][number], params: object) {
    const { double, connection } = await open({ answers: [recorded] });
    try {
      return await attempt(connection, recorded.operation, params as never, 'global');
    } finally {
      await double.close();
    }
  }

  it('are read in the shape of the model: lists, truth values, texts', async () => {
    expect(
      await call('ListBuckets', { IsTruncated: false, Buckets: { Bucket: [{ Name: 'one', Location: 'oss-cn-beijing' }] } }, {}),
    ).toEqual({
      answer: { IsTruncated: false, Buckets: { Bucket: [{ Name: 'one', Location: 'oss-cn-beijing' }] } },
    });
    expect(await call('ListBuckets', { IsTruncated: false, Buckets: {} }, {})).toEqual({
      answer: { IsTruncated: false, Buckets: { Bucket: [] } },
    });
    const info = { Bucket: { Name: 'b-1', Comment: 'a & <b>', AccessControlList: { Grant: 'private' }, BlockPublicAccess: true } };
    expect(await call('GetBucketInfo', info)).toEqual({ answer: info });
    expect(await call('GetBucketLogging', { BucketLoggingStatus: {} })).toEqual({ answer: { BucketLoggingStatus: {} } });
    expect(await call('GetBucketPolicy', { body: '{"Version":"1"}' })).toEqual({ answer: { body: '{"Version":"1"}' } });
  });

  it.each([
    [404, 'NoSuchBucketPolicy', { kind: 'none' }],
    [404, 'NoSuchBucket', { kind: 'gone' }],
    [403, 'AccessDenied', { kind: 'gap', reason: 'denied', permission: 'oss:GetBucketPolicy' }],
    [503, 'SlowDown', { kind: 'gap', reason: 'throttled', retryable: true }],
    [403, 'SecurityTokenExpired', { kind: 'gap', reason: 'denied', signIn: true }],
    [307, 'TemporaryRedirect', { kind: 'gap', reason: 'unsupported' }],
  ])('that refuse with %i %s are %o', async (status, code, refusal) => {
    const error = { status, code, message: 'about <somebody>' };
    const params = { bucket: 'b-1', region: 'oss-cn-beijing' };
    expect(await answered({ operation: 'oss-20190517:GetBucketPolicy', error }, params)).toMatchObject({ refusal });
  });

  it('that declare a document type are not expanded', async () => {
    const bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><BucketInfo><Bucket><Name>&a;</Name></Bucket></BucketInfo>';
    expect(await from(bomb)).toMatchObject({ refusal: { kind: 'gap', reason: 'malformed' } });
    for (const text of ['', '{}', '<BucketInfo><Bucket>', '<Other/>']) {
      expect(await from(text), text).toMatchObject({ refusal: { kind: 'gap', reason: 'malformed' } });
    }
  });

  const from = (body: string) => infoFrom((_, response) => response.end(body));
});

/** What comes of reading a bucket's info from an OSS that answers so. */
async function infoFrom(listener: http.RequestListener) {
  const server = http.createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = randomAccount();
  const double = await startAlibabaDouble({ answers: [], accounts: [keys] });
  const connection = await ready(
    connectOptions(double, {
      env: environmentOf(keys),
      endpoint: (service, region) => new URL(service.startsWith('oss') ? origin : `${double.origin}/${region}/${service}`),
    }),
  );
  try {
    return await attempt(connection, 'oss-20190517:GetBucketInfo', { bucket: 'b-1', region: 'oss-cn-beijing' }, 'global');
  } finally {
    server.close();
    await double.close();
  }
}

describe('redirects of OSS', () => {
  it('are not followed: the signature and the token are for the host that was asked', async () => {
    const asked: string[] = [];
    const elsewhere = http.createServer((incoming, response) => {
      asked.push(incoming.url ?? '');
      response.end();
    });
    await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    try {
      const answer = await infoFrom((_, response) => {
        response.writeHead(307, { location }).end('<Error><Code>TemporaryRedirect</Code></Error>');
      });
      expect(answer).toMatchObject({ refusal: { kind: 'gap', reason: 'unsupported' } });
      expect(asked).toEqual([]);
    } finally {
      elsewhere.close();
    }
  });
});

describe('addresses of buckets', () => {
  const scope = { account: '1' };

  it.each([
    ['oss://data.oss-cn-hangzhou-internal.aliyuncs.com/path/', 'acs:oss::1:data'],
    ['oss://data/path', 'acs:oss::1:data'],
    ['https://data.oss-cn-hangzhou.aliyuncs.com/x?y', 'acs:oss::1:data'],
    ['https://data.oss-cn-hangzhou.aliyuncs.com.evil.example/x', undefined],
    ['https://huggingface.co/x', undefined],
    ['nas://fs.cn-hangzhou.nas.aliyuncs.com/x', undefined],
    ['oss://Not_A_Bucket/x', undefined],
    ['', undefined],
  ])('%s is %s', (uri, id) => {
    expect(bucketOfUri(uri, scope)).toBe(id);
  });

  it('keys are named by their id or by their resource name', () => {
    const place = { account: '1', region: 'cn-hangzhou' };
    expect(kmsKeyId(place, 'key-hzz1')).toBe('acs:kms:cn-hangzhou:1:key/key-hzz1');
    expect(kmsKeyId(place, 'acs:kms:cn-beijing:2:key/key-2')).toBe('acs:kms:cn-beijing:2:key/key-2');
    expect(kmsKeyId(place, '')).toBeUndefined();
    expect(kmsKeyId(place, 'alias/x y')).toBeUndefined();
  });
});

describe('a policy that turns plain http away', () => {
  const statement = {
    Effect: 'Deny',
    Principal: ['*'],
    Action: ['oss:*'],
    Resource: ['acs:oss:*:1:data', 'acs:oss:*:1:data/*'],
    Condition: { Bool: { 'acs:SecureTransport': ['false'] } },
  };
  const judged = (...statements: readonly object[]) => deniesPlainHttp(JSON.stringify({ Version: '1', Statement: statements }));

  it('denies everything to everybody who comes without TLS', () => {
    expect(judged({ ...statement, Effect: 'Allow' }, statement)).toBe(true);
    expect(judged({ ...statement, Action: ['oss:GetObject'] })).toBe(false);
    expect(judged({ ...statement, Principal: ['2000'] })).toBe(false);
    expect(judged({ ...statement, Effect: 'Allow' })).toBe(false);
    expect(judged({ ...statement, Resource: ['acs:oss:*:1:data'] })).toBe(false);
    expect(judged({ ...statement, Condition: { ...statement.Condition, IpAddress: { 'acs:SourceIp': ['10.0.0.0/8'] } } })).toBe(false);
    expect(judged({ ...statement, Condition: { Bool: { 'acs:SecureTransport': ['true'] } } })).toBe(false);
    expect(judged()).toBe(false);
  });

  it('that is no policy says nothing', () => {
    expect(deniesPlainHttp('{"a":1}')).toBeUndefined();
  });
});
