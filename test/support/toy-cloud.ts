import http from 'node:http';
import type { RecordedAnswer, RecordedCall } from '../../src/demo/answers.ts';
import { type Fault, type Loopback, startLoopback, type WireProtocol } from '../../src/demo/loopback.ts';
import { assetId, operationId } from '../../src/model/ids.ts';
import { isJsonList, isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { answerAt } from '../../src/providers/answer.ts';
import { type Collector, defineCollector } from '../../src/providers/collector.ts';
import type { Operation, Provider, Refusal, Transport } from '../../src/providers/provider.ts';
import type { AnswerTypes } from '../../src/providers/shape.ts';

/**
 * A small cloud with a JSON protocol of its own over real HTTP: services in regions, each with a detail call, a list of rules
 * and a role that is read by reference. It goes by the name of a real provider, since there are no others.
 */
export const toyProtocol: WireProtocol = {
  route: ({ url, headers, body }) => ({
    call: {
      operation: url.pathname.slice(1),
      account: String(headers['x-account']),
      region: String(headers['x-region']),
      // Requests of the toy transport are JSON objects.
      params: JSON.parse(body.toString()) as JsonObject,
    },
  }),
  answer: (_, answer) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) }),
  error: (_, error) => ({ status: error.status, body: JSON.stringify({ code: error.code, message: error.message }) }),
  refused: ({ operation }) => ({ status: 403, code: 'Denied', message: `not allowed: ${operation}` }),
  throttled: () => ({ status: 429, code: 'SlowDown', message: 'too many requests' }),
  endless: (_, answer) => ({ ...answer, Next: 'again' }),
};

const operations: readonly Operation[] = [
  { id: operationId('toy:ListServices'), use: 'allowed', scope: 'region', freeTextResponsePaths: ['Services[].Description'] },
  {
    id: operationId('toy:GetService'),
    use: 'allowed',
    scope: 'region',
    secretResponsePaths: ['Service.Environment{}', 'Service.Config'],
    textEncodings: { 'Service.Config': 'json' },
  },
  { id: operationId('toy:ListRules'), use: 'allowed', scope: 'region' },
  { id: operationId('toy:GetRole'), use: 'allowed', scope: 'global' },
  { id: operationId('toy:GetUserData'), use: 'opt-in', scope: 'region' },
  { id: operationId('toy:CreateToken'), use: 'forbidden', mintsCredentials: true, scope: 'region' },
];

export const toyTypes: { readonly [operation: string]: AnswerTypes } = {
  'toy:ListServices': { 'Services[]': 'list', 'Services[].Name': 'text', 'Services[].Description': 'text', Next: 'text' },
  'toy:GetService': {
    Service: 'structure',
    'Service.Name': 'text',
    'Service.Public': 'boolean',
    'Service.Ports[]': 'list',
    'Service.RoleArn': 'text',
    'Service.Environment{}': 'text',
    'Service.Config': 'text',
  },
  'toy:ListRules': { 'Rules[]': 'list', 'Rules[].Port': 'integer', Next: 'text' },
  'toy:GetRole': { Role: 'structure', 'Role.Admin': 'boolean' },
};

export const serviceId = (name: string, region = 'r1', account = '1') => assetId(`arn:toy:svc:${region}:${account}:service/${name}`);
export const roleId = (name: string, account = '1') => `arn:toy:iam::${account}:role/${name}`;

export const services = defineCollector({
  asset: 'aws.toy.service',
  per: 'region',
  calls: {
    list: { operation: 'toy:ListServices', must: ['Services[].Name'] },
    get: { operation: 'toy:GetService', must: ['Service.Name'], keep: { 'Service.Config': ['vpc.id'] } },
    rules: 'toy:ListRules',
    userData: 'toy:GetUserData',
  },
  facts: { '': 'get#Service', $listed: 'list#', $rules: 'rules#Rules', $userData: 'userData#' },
  computed: {
    $openPorts: {
      from: ['$rules'],
      of: ({ $rules }) => (isJsonList($rules) ? $rules.map((rule) => (isJsonObject(rule) ? (rule['Port'] ?? null) : null)) : []),
      shape: { '': 'list' },
    },
  },
  edges: [{ kind: 'assumes', from: 'RoleArn', to: 'aws.toy.role' }],
  async *list(api, { region, account }) {
    for await (const page of api.pages('list')) {
      for (const service of isJsonList(page['Services']) ? page['Services'] : []) {
        if (!isJsonObject(service)) continue;
        const name = typeof service['Name'] === 'string' ? service['Name'] : '';
        yield { id: serviceId(name, region, account), name, key: { Name: name }, item: service };
      }
    }
  },
  async read(api, { key, name }) {
    const [get, rules, userData] = await Promise.all([
      api.call('get', key, name),
      api.all('rules', key, name),
      api.call('userData', key, name),
    ]);
    return { '': answerAt(get, 'Service'), $rules: rules, $userData: userData };
  },
});

export const roles = defineCollector({
  asset: 'aws.toy.role',
  per: 'referenced',
  calls: { get: 'toy:GetRole' },
  facts: { '': 'get#Role' },
  locate(id, { account }) {
    const [, , , , owner, path] = id.split(':');
    const name = path?.replace('role/', '') ?? '';
    return owner === account ? { id, name, key: { RoleName: name } } : undefined;
  },
  async read(api, { key, name }) {
    return { '': answerAt(await api.call('get', key, name), 'Role') };
  },
});

export interface ToyCloudOptions {
  readonly answers: readonly RecordedAnswer[];
  readonly faults?: (call: RecordedCall) => Fault | undefined;
  readonly latencyMs?: number;
  readonly regions?: readonly string[];
  readonly accounts?: readonly string[];
  readonly collectors?: readonly Collector[];
  readonly problems?: readonly { readonly account: string; readonly reason: 'denied'; readonly detail: string }[];
}

export interface ToyCloud {
  readonly provider: Provider;
  readonly server: Loopback;
}

export async function startToyCloud(options: ToyCloudOptions): Promise<ToyCloud> {
  const { answers, faults, latencyMs } = options;
  const server = await startLoopback({
    protocol: toyProtocol,
    answers,
    ...(faults !== undefined && { faults }),
    ...(latencyMs !== undefined && { latencyMs }),
  });
  return { server, provider: toyProvider(server, options) };
}

function toyProvider(server: Loopback, { collectors = [services, roles], ...options }: ToyCloudOptions): Provider {
  return {
    name: 'aws',
    title: 'Toy cloud',
    collectors,
    operations: async () => new Map(operations.map((operation) => [operation.id, operation])),
    connect: async () => ({
      status: 'ready',
      targets: (options.accounts ?? ['1']).map((account) => ({
        account,
        partition: 'toy',
        regions: options.regions ?? ['r1'],
        session: undefined,
      })),
      identities: [],
      problems: options.problems ?? [],
      transport: toyTransport(server),
    }),
    policy: () => ({ document: {}, actions: [], notes: [] }),
  };
}

class ToyError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = JSON.parse(code) as string;
  }
}

function toyTransport(server: Loopback): Transport {
  const agent = new http.Agent({ keepAlive: true });
  return {
    send: ({ operation, params, target, region, signal }) =>
      new Promise((resolve, reject) => {
        const headers = { 'x-account': target.account, 'x-region': region };
        const request = http.request(`${server.origin}/${operation.id}`, { method: 'POST', headers, agent, signal }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            try {
              const answer = JSON.parse(Buffer.concat(chunks).toString()) as JsonObject;
              if (response.statusCode === 200) resolve(answer);
              else reject(new ToyError(response.statusCode ?? 0, JSON.stringify(answer['code'])));
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          });
        });
        request.on('error', reject);
        request.end(JSON.stringify(params));
      }),
    next: (_, params, answer) => (typeof answer['Next'] === 'string' ? { ...params, Next: answer['Next'] } : undefined),
    listPath: (operation) => ({ 'toy:ListServices': 'Services[]', 'toy:ListRules': 'Rules[]' })[operation.id as string],
    refusal,
    bucket: () => 'toy',
    close: () => agent.destroy(),
  };
}

function refusal(error: unknown, operation: Operation): Refusal {
  if (!(error instanceof ToyError)) {
    const isText = error instanceof SyntaxError;
    return { kind: 'gap', reason: isText ? 'malformed' : 'unavailable', detail: `${operation.id} broke off`, retryable: true };
  }
  if (error.code === 'Absent') return { kind: 'none' };
  if (error.code === 'Gone') return { kind: 'gone' };
  if (error.code === 'NotHere') return { kind: 'limit', reason: 'not-in-region', subject: operation.id };
  if (error.code === 'Expired')
    return { kind: 'gap', reason: 'denied', detail: 'the credentials have expired', retryable: false, signIn: true };
  if (error.code === 'SlowDown') return { kind: 'gap', reason: 'throttled', detail: `${operation.id} was throttled`, retryable: true };
  return { kind: 'gap', reason: 'denied', detail: `${operation.id} was refused`, permission: operation.id, retryable: false };
}

/** Answers of `count` services in a region, in pages of `pageSize`. */
export function estateOf(names: readonly string[], region = 'r1', pageSize = 2): readonly RecordedAnswer[] {
  const pages = Math.max(1, Math.ceil(names.length / pageSize));
  const lists = Array.from({ length: pages }, (_, page): RecordedAnswer => {
    const Services = names.slice(page * pageSize, (page + 1) * pageSize).map((Name) => ({ Name, Description: `service ${Name}` }));
    const next: JsonObject = page + 1 < pages ? { Next: `p${page + 1}` } : {};
    return { operation: 'toy:ListServices', region, when: { Next: page === 0 ? null : `p${page}` }, answer: { Services, ...next } };
  });
  return [
    ...lists,
    ...names.map(
      (Name): RecordedAnswer => ({
        operation: 'toy:GetService',
        region,
        when: { Name },
        answer: { Service: { Name, Public: false, RoleArn: roleId('shared') } },
      }),
    ),
    { operation: 'toy:ListRules', region, answer: { Rules: [{ Port: 22 }] } },
    { operation: 'toy:GetRole', answer: { Role: { Admin: true } } },
  ];
}
