import { expect, test } from 'vitest';
import type { RecordedAnswer } from '../../../src/demo/answers.ts';
import type { Fault } from '../../../src/demo/loopback.ts';
import { operationId } from '../../../src/model/ids.ts';
import type { Collector } from '../../../src/providers/collector.ts';
import { makePlan } from '../../../src/scan/plan.ts';
import { mergeInventories } from '../../../src/scan/merge.ts';
import { discoverToy } from '../../support/discover-toy.ts';
import { estateOf, roleId, roles, serviceId, services } from '../../support/toy-cloud.ts';

const broken = (operation: string, fault: Fault) => (call: { readonly operation: string }) =>
  call.operation === operation ? fault : undefined;

test('assets are listed page by page, read, and joined to the roles that they assume', async () => {
  const { inventory, cloud } = await discoverToy({ answers: estateOf(['a', 'b', 'c']) });
  expect(inventory).toEqual({
    schemaVersion: '1.0',
    tool: { name: 'aispm', version: '0.0.0' },
    scopes: ['global', 'r1'].map((region) => ({
      id: `aws/1/${region}`,
      provider: 'aws',
      account: '1',
      region,
      collectedAt: '2023-11-14T22:13:20.000Z',
    })),
    asked: [
      {
        scope: 'aws/1/global',
        type: 'aws.toy.role',
        operations: ['toy:GetRole'],
        notAsked: [],
        gaps: [],
        limits: [],
        listingCut: false,
        leadsTo: [],
      },
      {
        scope: 'aws/1/r1',
        type: 'aws.toy.service',
        operations: ['toy:GetService', 'toy:ListRules', 'toy:ListServices'],
        notAsked: ['toy:GetUserData'],
        gaps: [],
        limits: [],
        listingCut: false,
        leadsTo: ['aws.toy.role'],
      },
    ],
    assets: [
      {
        id: roleId('shared'),
        type: 'aws.toy.role',
        name: 'shared',
        scope: 'aws/1/global',
        facts: { Admin: true },
        unread: [],
        hiddenEdges: [],
      },
      ...['a', 'b', 'c'].map((name) => ({
        id: serviceId(name),
        type: 'aws.toy.service',
        name,
        scope: 'aws/1/r1',
        facts: {
          Name: name,
          Public: false,
          RoleArn: roleId('shared'),
          $listed: { Name: name, Description: `service ${name}` },
          $rules: [{ Port: 22 }],
          $openPorts: [22],
        },
        unread: [{ prefix: '$userData', why: { notAsked: 'toy:GetUserData' } }],
        hiddenEdges: [],
      })),
    ],
    edges: ['a', 'b', 'c'].map((name) => ({ from: serviceId(name), to: roleId('shared'), kind: 'assumes', toType: 'aws.toy.role' })),
    secrets: [],
    gaps: [],
    limits: [],
    notConfigured: [],
    selection: [],
  });
  expect(cloud.server.calls.filter(({ operation }) => operation === 'toy:GetRole')).toHaveLength(1);
  expect(cloud.server.unanswered).toEqual([]);
});

test('a refused detail call makes exactly what it owns unread, and hides the edges that start there', async () => {
  const { inventory } = await discoverToy({ answers: estateOf(['a']), faults: broken('toy:GetService', 'refused') });
  const [gap] = inventory.gaps;
  expect(inventory.gaps).toEqual([
    {
      id: expect.stringMatching(/^gap:[0-9a-f]{16}$/),
      scope: 'aws/1/r1',
      call: 'toy:GetService',
      reason: 'denied',
      detail: 'toy:GetService was refused',
      permission: 'toy:GetService',
      subject: 'a',
    },
  ]);
  expect(inventory.assets).toEqual([
    {
      id: serviceId('a'),
      type: 'aws.toy.service',
      name: 'a',
      scope: 'aws/1/r1',
      facts: { $listed: { Name: 'a', Description: 'service a' }, $rules: [{ Port: 22 }], $openPorts: [22] },
      unread: [
        { prefix: '', except: ['$listed', '$openPorts', '$rules', '$userData'], why: { gap: gap?.id } },
        { prefix: '$userData', why: { notAsked: 'toy:GetUserData' } },
      ],
      hiddenEdges: [{ kind: 'assumes', to: 'aws.toy.role', why: { gap: gap?.id } }],
    },
  ]);
});

test('what is computed from something unread is unread for the same reason', async () => {
  const { inventory } = await discoverToy({ answers: estateOf(['a']), faults: broken('toy:ListRules', 'refused') });
  const service = inventory.assets.find(({ name }) => name === 'a');
  const why = { gap: inventory.gaps[0]?.id };
  expect(service?.unread).toEqual([
    { prefix: '$openPorts', why },
    { prefix: '$rules', why },
    { prefix: '$userData', why: { notAsked: 'toy:GetUserData' } },
  ]);
  expect(service?.facts).not.toHaveProperty('$openPorts');
});

test.each([
  ['refused', 'denied'],
  ['throttled', 'throttled'],
  ['html502', 'malformed'],
  ['empty', 'malformed'],
  ['truncated', 'malformed'],
  ['wrong-shape', 'malformed'],
  ['reset', 'unavailable'],
  ['timeout', 'unavailable'],
  ['drip', 'unavailable'],
] as const)('a listing that is %s is a gap and leaves its trace, never an empty estate', async (fault, reason) => {
  const { inventory } = await discoverToy({ answers: estateOf(['a']), faults: broken('toy:ListServices', fault) });
  expect(inventory.assets).toEqual([]);
  expect(inventory.gaps.map((gap) => [gap.call, gap.reason])).toContainEqual(['toy:ListServices', reason]);
  const row = inventory.asked.find(({ type }) => type === 'aws.toy.service');
  expect(row).toMatchObject({ listingCut: true, leadsTo: ['aws.toy.role'], gaps: inventory.gaps.map(({ id }) => id) });
});

test('an endless listing is cut, and the rows so far are kept', async () => {
  const { inventory } = await discoverToy({ answers: estateOf(['a']), faults: broken('toy:ListServices', 'endless-token') });
  expect(inventory.assets.map(({ name }) => name)).toEqual(['shared', 'a']);
  expect(inventory.gaps.map(({ call, reason }) => [call, reason])).toEqual([['toy:ListServices', 'malformed']]);
  expect(inventory.asked.find(({ type }) => type === 'aws.toy.service')?.listingCut).toBe(true);
});

test('a throttled call is tried again and leaves no gap', async () => {
  const { inventory, cloud } = await discoverToy({ answers: estateOf(['a', 'b']), faults: broken('toy:GetService', { throttled: 2 }) });
  expect(inventory.gaps).toEqual([]);
  expect(cloud.server.calls.filter(({ operation }) => operation === 'toy:GetService')).toHaveLength(6);
});

test('a member of the wrong type is taken out and is unread, the rest of the answer stays', async () => {
  const answers: readonly RecordedAnswer[] = [
    {
      operation: 'toy:GetService',
      answer: { Service: { Name: 'a', Public: 'yes', Ports: 'all', RoleArn: roleId('shared'), New: { any: 1 } } },
    },
    ...estateOf(['a']),
  ];
  const { inventory } = await discoverToy({ answers });
  const service = inventory.assets.find(({ name }) => name === 'a');
  expect(service?.facts).toMatchObject({ Name: 'a', New: { any: 1 }, RoleArn: roleId('shared') });
  expect(service?.facts).not.toHaveProperty('Public');
  expect(service?.unread.map(({ prefix }) => prefix)).toEqual(['$userData', 'Ports', 'Public']);
  expect(inventory.gaps.map(({ detail, subject }) => [subject, detail])).toEqual(
    expect.arrayContaining([
      ['Service.Ports', "toy:GetService sent text at Service.Ports, where the vendor's model has a list"],
      ['Service.Public', "toy:GetService sent text at Service.Public, where the vendor's model has true or false"],
    ]),
  );
});

test('an answer without what it must carry is malformed as a whole', async () => {
  const answers: readonly RecordedAnswer[] = [{ operation: 'toy:GetService', answer: { Service: { Public: true } } }, ...estateOf(['a'])];
  const { inventory } = await discoverToy({ answers });
  expect(inventory.gaps.map(({ detail }) => detail)).toEqual(['toy:GetService cannot be used: it lacks Service.Name']);
  expect(inventory.assets[0]?.unread[0]?.prefix).toBe('');
});

test('a listing of a scope that is said not to exist is a gap, never an empty list', async () => {
  const gone: RecordedAnswer = { operation: 'toy:ListServices', error: { status: 404, code: 'Gone', message: '' } };
  const { inventory } = await discoverToy({ answers: [gone, ...estateOf(['a'])] });
  expect(inventory.gaps.map(({ call, reason }) => [call, reason])).toEqual([['toy:ListServices', 'malformed']]);
  expect(inventory.asked.filter(({ listingCut }) => listingCut).length).toBeGreaterThan(0);
});

test('an asset that was deleted since it was listed is left out without a gap', async () => {
  const gone: RecordedAnswer = { operation: 'toy:GetService', when: { Name: 'a' }, error: { status: 404, code: 'Gone', message: '' } };
  const { inventory } = await discoverToy({ answers: [gone, ...estateOf(['a', 'b'])] });
  expect(inventory.assets.map(({ name }) => name)).toEqual(['shared', 'b']);
  expect(inventory.gaps).toEqual([]);
});

test('an edge to a role that does not exist is dangling, one to a foreign role leads to a limit', async () => {
  const service = (Name: string, RoleArn: string): RecordedAnswer => ({
    operation: 'toy:GetService',
    when: { Name },
    answer: { Service: { Name, RoleArn } },
  });
  const gone: RecordedAnswer = { operation: 'toy:GetRole', error: { status: 404, code: 'Gone', message: '' } };
  const answers = [service('a', roleId('deleted')), service('b', roleId('theirs', '2')), gone, ...estateOf(['a', 'b'])];
  const { inventory } = await discoverToy({ answers });
  expect(inventory.edges).toEqual([
    { from: serviceId('a'), to: roleId('deleted'), kind: 'assumes', toType: 'aws.toy.role', dangling: true },
    { from: serviceId('b'), to: roleId('theirs', '2'), kind: 'assumes', toType: 'aws.toy.role' },
  ]);
  const [limit] = inventory.limits;
  expect(inventory.limits).toEqual([
    { id: limit?.id, scope: 'aws/1/r1', subject: 'aws.toy.role outside the scanned accounts', reason: 'by-design', count: 1 },
  ]);
  expect(inventory.assets.find(({ id }) => id === roleId('theirs', '2'))).toEqual({
    id: roleId('theirs', '2'),
    type: 'aws.toy.role',
    name: 'theirs',
    scope: 'aws/1/r1',
    facts: {},
    unread: [{ prefix: '', why: { limit: limit?.id } }],
    hiddenEdges: [],
  });
  expect(inventory.gaps).toEqual([]);
});

test('a product that is not in a region is a limit of that region', async () => {
  const absent: RecordedAnswer = { operation: 'toy:ListServices', region: 'r2', error: { status: 404, code: 'NotHere', message: '' } };
  const { inventory } = await discoverToy({ answers: [absent, ...estateOf(['a'])], regions: ['r1', 'r2'] });
  expect(inventory.gaps).toEqual([]);
  expect(inventory.limits.map(({ scope, reason }) => [scope, reason])).toEqual([['aws/1/r2', 'not-in-region']]);
  expect(inventory.asked.find(({ scope }) => scope === 'aws/1/r2')).toMatchObject({ listingCut: false, gaps: [] });
});

test('keys in values and in free text are found, placed, and nowhere to be read', async () => {
  const canary = 'toykey-canary0123456789';
  const answers: readonly RecordedAnswer[] = [
    { operation: 'toy:ListServices', answer: { Services: [{ Name: 'a', Description: `see ${canary} there` }] } },
    {
      operation: 'toy:GetService',
      answer: {
        Service: {
          Name: 'a',
          Environment: { TOKEN: canary, MODE: 'prod' },
          Config: JSON.stringify({ vpc: { id: 'vpc-1' }, key: canary }),
        },
      },
    },
    ...estateOf(['a']),
  ];
  const { inventory, progress, debug } = await discoverToy({ answers });
  const service = inventory.assets.find(({ name }) => name === 'a');
  expect(service?.facts).toMatchObject({
    $listed: { Description: 'see toykey-**** there' },
    Config: { $inspected: true, present: true, kept: { vpc: { id: 'vpc-1' } } },
    Environment: { MODE: { $inspected: true, present: true, secrets: [] } },
  });
  expect(inventory.secrets.map(({ detector, at }) => [detector, at.asset, at.path, at.kind === 'fact' && at.variable])).toEqual([
    ['toy.key', serviceId('a'), '$listed.Description', ''],
    ['toy.key', serviceId('a'), 'Config', 'Config'],
    ['toy.key', serviceId('a'), 'Environment.TOKEN', 'TOKEN'],
  ]);
  expect(JSON.stringify([inventory, progress, debug])).not.toContain('canary');
});

test('a value that cannot be decoded is searched, and is a gap of that value', async () => {
  const answers: readonly RecordedAnswer[] = [
    { operation: 'toy:GetService', answer: { Service: { Name: 'a', Config: '{ key: toykey-abc' } } },
    ...estateOf(['a']),
  ];
  const { inventory } = await discoverToy({ answers });
  const service = inventory.assets.find(({ name }) => name === 'a');
  expect(service?.unread.map(({ prefix }) => prefix)).toEqual(['$userData', 'Config']);
  expect(inventory.gaps.map(({ reason, subject }) => [reason, subject])).toEqual([['malformed', 'Service.Config']]);
  expect(inventory.secrets).toHaveLength(1);
});

test('calls that no check needs are not made, and are said to be not asked', async () => {
  const plan = makePlan([services, roles], { 'aws.toy.service': new Set(['$openPorts']) });
  const { inventory, cloud } = await discoverToy({ answers: estateOf(['a']), plan });
  expect(new Set(cloud.server.calls.map(({ operation }) => operation))).toEqual(new Set(['toy:ListServices', 'toy:ListRules']));
  expect(inventory.assets.map(({ facts, unread }) => [facts, unread])).toEqual([
    [
      { $listed: { Name: 'a', Description: 'service a' }, $rules: [{ Port: 22 }], $openPorts: [22] },
      [
        { prefix: '', except: ['$listed', '$openPorts', '$rules', '$userData'], why: { notAsked: 'toy:GetService' } },
        { prefix: '$userData', why: { notAsked: 'toy:GetUserData' } },
      ],
    ],
  ]);
  expect(inventory.assets[0]?.hiddenEdges).toEqual([{ kind: 'assumes', to: 'aws.toy.role', why: { notAsked: 'toy:GetService' } }]);
  expect(inventory.asked[0]?.notAsked).toEqual(['toy:GetService', 'toy:GetUserData']);
});

test('an opt-in call is made when the user allows it', async () => {
  const allowed = new Set([operationId('toy:GetUserData')]);
  const plan = makePlan([services], { 'aws.toy.service': new Set(['$userData']) }, allowed);
  const answers: readonly RecordedAnswer[] = [{ operation: 'toy:GetUserData', answer: { Data: 'x' } }, ...estateOf(['a'])];
  const { inventory } = await discoverToy({ answers, plan });
  expect(inventory.assets[0]?.facts).toMatchObject({ $userData: { Data: 'x' } });
});

test('expired credentials end the reading at once, and every part that was not read names them', async () => {
  const names = Array.from({ length: 40 }, (_, at) => `s${at}`);
  const expired: RecordedAnswer = { operation: 'toy:ListRules', error: { status: 401, code: 'Expired', message: '' } };
  const { inventory, cloud } = await discoverToy({ answers: [expired, ...estateOf(names, 'r1', 40)] });
  expect(inventory.assets.filter(({ type }) => type === 'aws.toy.service')).toHaveLength(40);
  expect(cloud.server.calls.length).toBeLessThan(60);
  const refused = inventory.gaps.filter(({ reason }) => reason === 'denied').map(({ call }) => call);
  expect(refused).toEqual(inventory.gaps.map(({ call }) => call));
  expect(refused.length).toBe(new Set(refused).size);
  expect(refused).toContain('toy:ListRules');
});

test('an interrupted run keeps what it read and says so', async () => {
  const controller = new AbortController();
  const names = Array.from({ length: 60 }, (_, at) => `s${at}`);
  const { inventory } = await discoverToy({
    answers: estateOf(names, 'r1', 10),
    latencyMs: 5,
    signal: controller.signal,
    onProgress: (event) => event.kind === 'calls' && event.assets >= 5 && controller.abort('SIGINT'),
  });
  expect(inventory.interrupted).toBe(true);
  expect(inventory.assets.length).toBeGreaterThanOrEqual(5);
  expect(inventory.assets.length).toBeLessThan(61);
  expect(inventory.gaps.every(({ reason }) => reason === 'interrupted')).toBe(true);
  expect(inventory.asked.find(({ type }) => type === 'aws.toy.service')?.listingCut).toBe(true);
});

test('an account that cannot be entered is a gap with the call sign-in', async () => {
  const { inventory } = await discoverToy({
    answers: estateOf(['a']),
    problems: [{ account: '9', reason: 'denied', detail: 'the role of account 9 cannot be assumed' }],
  });
  expect(inventory.gaps.map(({ scope, call, reason }) => [scope, call, reason])).toEqual([['aws/9/global', 'sign-in', 'denied']]);
  expect(inventory.scopes.map(({ id }) => id)).toContain('aws/9/global');
  expect(inventory.assets).toHaveLength(2);
});

test('shards read disjoint parts, and together they are the whole', async () => {
  const answers = estateOf(['a', 'b', 'c', 'd', 'e', 'f']);
  const whole = (await discoverToy({ answers })).inventory;
  const parts = await Promise.all(
    [1, 2].map(async (index) => (await discoverToy({ answers, discover: { shard: { index, of: 2 } } })).inventory),
  );
  const names = parts.map(({ assets }) => assets.filter(({ type }) => type === 'aws.toy.service').map(({ name }) => name));
  expect(names.flat().sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(names.every((part) => part.length > 0)).toBe(true);
  expect({ ...mergeInventories(parts), selection: [] }).toEqual(whole);
});

test('a call that is not declared, or is never for collectors, is a bug', async () => {
  const minting: Collector = { ...services, calls: { ...services.calls, get: { operation: operationId('toy:CreateToken') } } };
  await expect(discoverToy({ answers: estateOf(['a']), collectors: [minting] })).rejects.toThrow(
    'toy:CreateToken is not for collectors (forbidden)',
  );
  const undeclared: Collector = { ...services, read: async (api) => ({ '': (await api.call('delete')) as { none: true } }) };
  await expect(discoverToy({ answers: estateOf(['a']), collectors: [undeclared] })).rejects.toThrow('the call "delete" is not declared');
});
