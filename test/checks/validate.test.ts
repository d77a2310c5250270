import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { type CheckDocument, checkOf } from '../../src/checks/document.ts';
import type { AnswerModel, Catalogue } from '../../src/checks/fact-model.ts';
import { problemsOf } from '../../src/checks/validate.ts';

const answers: readonly AnswerModel[] = [
  { id: 'x:List', responsePaths: ['agents[]', 'agents[].summary'], responseTypes: { 'agents[]': 'list' } },
  {
    id: 'x:Get',
    responsePaths: [
      'agent',
      'agent.id',
      'agent.roleArn',
      'agent.status',
      'agent.size',
      'agent.on',
      'agent.made',
      'agent.config',
      'agent.rules[]',
      'agent.rules[].port',
      'agent.rules[].cidr',
      'agent.names[]',
      'agent.tags{}',
      'agent.open',
      'agent.policy',
    ],
    responseTypes: {
      agent: 'structure',
      'agent.size': 'integer',
      'agent.on': 'boolean',
      'agent.made': 'timestamp',
      'agent.rules[]': 'list',
      'agent.rules[].port': 'integer',
      'agent.open': 'document',
    },
    responseEnums: { 'agent.status': ['READY', 'DELETING'] },
  },
  { id: 'x:Group', sameResponseAs: 'x:Role' },
  { id: 'x:Versions', itemsAt: 'items[]', responsePaths: ['name', 'properties.state'] },
  { id: 'x:Role', responsePaths: ['Document', 'Wide'], responseTypes: { Wide: 'boolean' } },
];

const catalogue: Catalogue = {
  declarations: [
    {
      asset: 'aws.x.agent',
      calls: {
        list: { operation: 'x:List' },
        get: { operation: 'x:Get', must: ['agent.id', 'agent.rules[].port'], keep: { 'agent.config': ['net.vpc'] } },
        groups: { operation: 'x:Group' },
        versions: { operation: 'x:Versions' },
      },
      facts: { '': ['get#agent'], $listed: ['list#'], '$groups[]': ['groups#'], $versions: ['versions#items[]'] },
      computed: { $open: { shape: { '': 'list', '[].port': 'number' } }, $wide: { shape: { '': 'boolean' } } },
      edges: [{ kind: 'assumes', from: 'roleArn', to: 'aws.x.role' }],
    },
    { asset: 'aws.x.role', calls: { get: { operation: 'x:Role' } }, facts: { '': ['get#'] }, computed: {}, edges: [] },
  ],
  answers: new Map(answers.map((answer) => [answer.id, answer])),
  operations: new Map([['x:Get', { id: 'x:Get', secretResponsePaths: ['agent.config'], textEncodings: { 'agent.policy': 'json' } }]]),
};

function texts(expected: Json, more: JsonObject = {}): readonly string[] {
  const document: CheckDocument = {
    id: 'aws.x.agent-thing',
    title: 'Agents are good',
    severity: 'low',
    asset: 'aws.x.agent',
    expect: expected,
    because: 'it matters',
    fix: { kind: 'manual', do: 'mend it', undo: 'cannot be undone: it is mended' },
    maps: {},
    relates: {},
    examples: { pass: [{ facts: {} }], fail: [{ facts: {} }], unknown: [{ facts: {} }], 'not-applicable': [{ facts: {} }] },
    ...more,
  };
  const one = checkOf(document);
  const framework = { id: 'rules', title: '', version: '', organization: '', limits: '', controls: { '1.10': 'small' } };
  return problemsOf(one, document, {
    checks: [one],
    frameworks: [framework],
    predicates: { known: { says: '', reads: ['status'], ask: () => true } },
    catalogue,
  }).map(({ where, text }) => `${where}: ${text}`);
}

describe('paths that exist', () => {
  it.each<Json>([
    { path: 'status', is: 'READY', absent: true },
    { path: 'id', is: 'x' },
    { path: 'size', above: 1, default: 3 },
    { path: 'on', isNot: true, absent: 'unknown' },
    { path: 'made', olderThan: '3d', absent: false },
    { path: 'rules', empty: true },
    { path: 'rules[]', empty: true },
    { path: 'names[]', contains: 'x', absent: false },
    { every: { path: 'names[]', matches: 'x.*' } },
    {
      some: {
        path: 'rules[]',
        all: [
          { path: 'port', is: 22 },
          { path: 'cidr', cidrPublic: true, absent: false },
        ],
      },
    },
    { every: { path: 'tags{}', isNot: 'x' } },
    { path: 'tags.owner', empty: false },
    { path: 'open.any.thing', is: 1, absent: false },
    { path: 'policy.Statement[]', empty: false },
    { path: 'config.present', is: true },
    { path: 'config.secrets[]', empty: true },
    { path: 'config.kept.net.vpc', empty: false },
    { path: '$listed.summary', is: 'x', absent: false },
    { some: { path: '$groups[]', all: [{ path: 'Wide', is: true, absent: false }] } },
    { path: '$groups[]', empty: true },
    { every: { path: '$versions[].properties.state', is: 'on', absent: true } },
    { every: { path: '$open[]', all: [{ path: 'port', below: 1024 }] } },
    { path: '$wide', is: false, absent: 'unknown' },
    { along: 'assumes', to: 'aws.x.role', every: { path: 'Wide', is: false, absent: true } },
    { inScope: 'aws.x.role' },
    { ask: 'known' },
  ])('%j', (condition) => {
    expect(texts(condition)).toEqual([]);
  });
});

describe('what does not fit is said', () => {
  it.each<[Json, string]>([
    [{ path: 'stauts', is: 'x', absent: true }, 'expect: "stauts" is not in the answer of x:Get'],
    [{ path: 'status', is: 'GONE', absent: true }, 'expect: "status" is never "GONE": the vendor\'s model knows READY, DELETING'],
    [{ path: 'status', is: 'READY' }, 'expect: "status" may be absent: say what that means with default or absent'],
    [{ path: 'size', is: '3', absent: true }, 'expect: is compares "size" (number) with "3"'],
    [{ path: 'status', above: 3, absent: true }, 'expect: above needs a number, "status" is string'],
    [{ path: 'on', olderThan: '3d', absent: true }, 'expect: olderThan needs a time, "on" is boolean'],
    [{ path: 'on', olderThan: '3 days', absent: true }, 'expect: olderThan of "on": 3 days is no duration such as 90d'],
    [{ path: 'names', is: 'x', absent: true }, 'expect: "names" is a list: put it into some or every'],
    [{ path: 'status', empty: true, absent: true }, 'expect: empty needs no rule for absence ("status")'],
    [{ some: { path: 'status', is: 'x' } }, 'expect: "status" is no list'],
    [{ path: 'config', empty: false }, 'expect: "config" may carry secrets: a check reads only its .present, .secrets[] or .kept.net.vpc'],
    [
      { path: 'config.kept.env', empty: false },
      'expect: "config.kept.env" may carry secrets: a check reads only its .present, .secrets[] or .kept.net.vpc',
    ],
    [
      { path: 'config.password', empty: false },
      'expect: "config.password" may carry secrets: a check reads only its .present, .secrets[] or .kept.net.vpc',
    ],
    [{ path: '$nothing', empty: true }, 'expect: "$nothing" is not in the answer of x:Get'],
    [
      { every: { path: '$open[]', all: [{ path: 'host', is: 'x' }] } },
      'expect: "$open[].host" is not in the declared shape of $open: "", "[].port"',
    ],
    [{ path: '$wide', is: false }, 'expect: "$wide" may be absent: say what that means with default or absent'],
    [
      { along: 'uses', to: 'aws.x.role', every: { path: 'Wide', empty: true } },
      'expect: the collector of aws.x.agent declares no edge uses to aws.x.role',
    ],
    [{ along: 'assumes', to: 'aws.x.role', every: { path: 'Narrow', empty: true } }, 'expect: "Narrow" is not in the answer of x:Role'],
    [{ inScope: 'aws.x.rule' }, 'expect: there is no asset type "aws.x.rule"; did you mean "aws.x.role"?'],
    [{ ask: 'unknown' }, 'expect: there is no predicate "unknown"; did you mean "known"?'],
    [{ not: { path: 'on', is: true, absent: true } }, 'expect: not wraps no leaf: say the opposite of is ("on")'],
    [{ meets: 'aws.x.agent-thing' }, 'expect: aws.x.agent-thing meets itself'],
  ])('%j', (condition, text) => {
    expect(texts(condition).map((one) => one.replace(/; did you mean "agent[^"]*"\?$/, ''))).toContain(text);
  });

  const fine: Json = { path: 'on', is: true, absent: false };
  it.each<[string, JsonObject, string]>([
    [
      'a fact that a fix fills in',
      { fix: { kind: 'manual', do: 'see {fact.nothing}', undo: 'cannot be undone: x' } },
      'fix.do: "nothing" is not in the answer of x:Get',
    ],
    [
      'an element without each',
      { fix: { kind: 'manual', do: 'see {element}', undo: 'cannot be undone: x' } },
      'fix.do: {element} needs "each"',
    ],
    [
      'a body outside of write',
      { fix: { kind: 'command', do: 'do it', steps: [{ run: ['x', '{body}'] }], undo: 'cannot be undone: x' } },
      'fix.steps[0].run[1]: {body} stands only in edit.write',
    ],
    [
      'a command without steps',
      { fix: { kind: 'command', do: 'do it', undo: 'cannot be undone: x' } },
      'fix.steps: a fix of kind command needs steps',
    ],
    [
      'an input that nothing uses',
      { fix: { kind: 'manual', do: 'do it', inputs: { key: 'a key' }, undo: 'cannot be undone: x' } },
      'fix.inputs: nothing uses {input.key}',
    ],
    [
      'restore without an edit',
      { fix: { kind: 'manual', do: 'do it', undo: 'restore' } },
      'fix.undo: restore writes back what an edit read, and there is no edit',
    ],
    ['an unknown control', { maps: { rules: ['1.1'] } }, 'maps.rules: there is no control of rules "1.1"; did you mean "1.10"?'],
    ['a foreign asset', { asset: ['aws.x.agent', 'azure.x.agent'] }, 'asset: azure.x.agent is no asset of aws'],
    ['a parameter that is not used', { params: { days: { default: 3 } } }, 'params: days is declared and no condition uses it'],
    [
      'a parameter that is not declared',
      { applies: { path: 'size', above: '{least}', absent: false } },
      'params: {least} is used and not declared',
    ],
    [
      'an example that is missing',
      { examples: { pass: [{ facts: {} }], fail: [{ facts: {} }] } },
      'examples: an example of unknown is missing',
    ],
    ['a list that is none', { each: { path: 'status', key: 'x' } }, 'each.path: "status" is no list'],
    ['a key that is missing', { each: { path: 'rules[]' } }, 'each.key: the member that names an element is missing'],
  ])('%s', (_, more, text) => {
    expect(texts(fine, more).map((one) => one.replace(/; did you mean "agent[^"]*"\?$/, ''))).toContain(text);
  });
});
