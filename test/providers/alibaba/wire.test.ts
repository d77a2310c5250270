import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startAlibabaDouble } from '../../../src/demo/alibaba/double.ts';
import { makeAuthority } from '../../../src/demo/certificates.ts';
import { createAgents } from '../../../src/http/agents.ts';
import alibaba from '../../../src/providers/alibaba/provider.ts';
import { readAnswer } from '../../../src/providers/alibaba/read-answer.ts';
import { account, attempt, connectOptions, environmentOf, randomAccount, ready } from './connect.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

describe('connections to Alibaba Cloud', () => {
  it('go through the proxy of the environment', async () => {
    const keys = randomAccount();
    const double = await startAlibabaDouble({ accounts: [keys], answers: [] });
    const seen: string[] = [];
    const proxy = http.createServer((incoming, response) => {
      seen.push(incoming.url ?? '');
      const { pathname, search } = new URL(incoming.url ?? '');
      const onward = http.request(
        `${double.origin}${pathname}${search}`,
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(response);
        },
      );
      incoming.pipe(onward);
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    // A TCP server's address is an object.
    const { port } = proxy.address() as AddressInfo;
    closing.push(
      () => double.close(),
      () => new Promise((done) => void proxy.close(() => done())),
    );

    const agents = createAgents({ env: { HTTP_PROXY: 'set' }, proxyFor: () => `http://127.0.0.1:${port}` });
    const endpoint = (service: string, region: string) => new URL(`http://cloud.example/${region}/${service}`);
    const connection = await ready(connectOptions(double, { env: environmentOf(keys), agents, endpoint }));
    expect(connection.identities).toEqual([{ account, caller: `acs:ram::${account}:user/auditor` }]);
    expect(seen).toEqual(['http://cloud.example/global/sts-20150401/']);
    agents.http.destroy();
    agents.https.destroy();
  });

  it('trust the authority of --ca-file, and say so where it is missing', async () => {
    const keys = randomAccount();
    const authority = await makeAuthority(new Date());
    const double = await startAlibabaDouble({ accounts: [keys], answers: [], tls: await authority.issue(['127.0.0.1']) });
    closing.push(() => double.close());
    const trusting = connectOptions(double, { env: environmentOf(keys), agents: createAgents({ env: {}, ca: authority.caPem }) });
    expect((await ready(trusting)).identities).toEqual([{ account, caller: `acs:ram::${account}:user/auditor` }]);
    expect(await alibaba.connect(connectOptions(double, { env: environmentOf(keys) }))).toMatchObject({
      status: 'refused',
      detail: expect.stringContaining('pass the authority that signed it with --ca-file'),
    });
  });

  it('end with the run, and say that it was interrupted', async () => {
    const keys = randomAccount();
    const double = await startAlibabaDouble({
      accounts: [keys],
      answers: [],
      faults: ({ operation }) => (operation.startsWith('ecs') ? 'timeout' : undefined),
    });
    closing.push(() => double.close());
    const connection = await ready(connectOptions(double, { env: environmentOf(keys) }));
    const operation = [...(await alibaba.operations()).values()].find(({ id }) => id === 'ecs-20140526:DescribeInstances');
    const [target] = connection.targets;
    if (operation === undefined || target === undefined) throw new Error('nothing to call');
    const sent = connection.transport.send({ operation, params: {}, target, region: 'cn-hangzhou', signal: AbortSignal.abort() });
    const error = await sent.catch((reason: unknown) => reason);
    expect(connection.transport.refusal(error, operation, 'cn-hangzhou')).toMatchObject({ kind: 'gap', reason: 'interrupted' });
  });

  it('tell --debug method, host, path template and status, and nothing of the account', async () => {
    const keys = randomAccount();
    const double = await startAlibabaDouble({
      accounts: [keys],
      answers: [{ operation: 'eas-20210701:DescribeService', answer: { ServiceName: 'secret-name' } }],
    });
    closing.push(() => double.close());
    const lines: string[] = [];
    const connection = await ready(connectOptions(double, { env: environmentOf(keys), debug: (line) => void lines.push(line) }));
    await attempt(connection, 'eas-20210701:DescribeService', { ClusterId: 'cn-hangzhou', ServiceName: 'secret-name' });
    expect(lines.map((line) => line.replace(/\d+ ms/, 'N ms'))).toEqual([
      `POST 127.0.0.1:${double.port} / GetCallerIdentity 200 N ms`,
      `GET 127.0.0.1:${double.port} /api/v2/services/{ClusterId}/{ServiceName} DescribeService 200 N ms`,
    ]);
  });

  it('follow no redirect, and take no JSON but an object for an answer', () => {
    const answer = (status: number, text: string) => ({ status, headers: {}, body: Buffer.from(text) });
    expect(() => readAnswer(answer(302, '{"Instances":{}}'))).toThrow('names no error code');
    expect(() => readAnswer(answer(200, '{}'))).toThrow('is an empty object');
    expect(() => readAnswer(answer(200, 'null'))).toThrow('is JSON, but no object');
    expect(() => readAnswer(answer(200, '[]'))).toThrow('is JSON, but no object');
    expect(() => readAnswer(answer(204, ''))).toThrow('is empty');
    expect(readAnswer(answer(200, '{"a":1}'))).toEqual({ a: 1 });
  });
});
