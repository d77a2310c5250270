import { assetType, checkId, gapId, scopeId } from '../../src/model/ids.ts';
import type { Report } from '../../src/model/report.ts';
import { assemble } from '../../src/scan/judge/assemble.ts';
import {
  agent,
  asked,
  check,
  east,
  fail,
  frameworks,
  gap,
  global,
  guardrailCheck,
  inspected,
  inventory,
  judgement,
  limit,
  role,
  roleCheck,
  secret,
  unknown,
  west,
} from './report-estate.ts';

const text = (value: string): string => value;

/** A report that holds one of everything; `name` is the name of its first agent, wherever foreign text can stand. */
export function exampleReport(name = 'support-bot', found: (value: string) => string = text): Report {
  const a = agent('a', { name, facts: { agentName: name, agentId: 'ABCDE12345', tags: { [name]: name }, ports: [{ port: name }] } });
  const c = agent('c', {
    facts: { env: inspected([secret('KEY'), secret('TOKEN')]) },
    unread: [{ prefix: 'network', why: { gap: gapId('gap:1') } }],
  });
  const d = agent('d', { scope: west });
  const admin = role('admin');
  const secretCheck = check('aws.bedrock-agent.agent-secret', {
    severity: 'critical',
    title: 'No keys stand in the environment',
    tags: ['secret'],
  });
  const manualCheck = check('aws.bedrock-agent.agent-owner', { severity: 'low', manual: { where: 'ask the owner of the agent' } });
  const networkCheck = check('aws.bedrock-agent.agent-network', { severity: 'medium', title: 'Agents stay in the private network' });
  const remark = check('aws.bedrock-agent.agent-version', { severity: 'info', title: 'Agents have a version' });
  const refused = gap({
    id: 'gap:2',
    call: 'sign-in',
    scope: scopeId('aws', '444455556666', 'global'),
    detail: 'the role could not be assumed',
  });
  const estate = inventory({
    asked: [
      asked('aws.bedrock-agent.agent', { leadsTo: [assetType('aws.iam.role')], gaps: [gapId('gap:1'), gapId('gap:3')] }),
      asked('aws.iam.role', { scope: global }),
    ],
    assets: [a, c, d, admin],
    gaps: [
      gap({ detail: found(`the role may not call it on ${name}`), subject: name, permission: 'bedrock:GetAgent' }),
      refused,
      gap({ id: 'gap:3', call: 'bedrock-agent:ListAgentVersions', reason: 'throttled', detail: 'the service gave up after five tries' }),
    ],
    limits: [limit({ subject: `LINGJUN ${name}` })],
    notConfigured: [{ provider: 'azure', detail: 'no credentials were found' }],
    selection: ['--region us-east-1'],
  });
  const run = {
    inventory: estate,
    judgements: [
      judgement(guardrailCheck, a, fail({ path: 'tags', found: name, wanted: `not ${name}` })),
      judgement(guardrailCheck, c, unknown()),
      judgement(secretCheck, c, fail({ path: 'env.secrets', wanted: 'empty' })),
      judgement(manualCheck, a, { status: 'manual' as const, where: `the console of ${name}` }),
      judgement(networkCheck, a, fail({ path: 'network', found: { public: true }, wanted: 'private' })),
      judgement(remark, a, fail()),
      judgement(roleCheck, admin, fail({ path: 'policies[0]', found: 'AdministratorAccess', wanted: 'no administrator' })),
      judgement(guardrailCheck, d, { status: 'not-applicable' as const }),
    ],
    checks: [guardrailCheck, secretCheck, manualCheck, networkCheck, remark, roleCheck],
    frameworks,
    failOn: 'high' as const,
    includePass: true,
    waivers: {
      file: '.aispmignore.yaml',
      findings: [
        {
          check: networkCheck.id,
          reason: `lab account ${name}, no production data`,
          until: '2026-12-31',
          owner: 'ml-platform',
          ticket: 'SEC-42',
          line: 1,
        },
        { check: 'aws.nothing.*', reason: 'accepted by the board', until: '2026-12-31', line: 7 },
      ],
      gaps: [
        {
          gap: { call: 'bedrock-agent:ListAgentVersions', scope: `${east.slice(0, -1)}*` },
          reason: 'versions are not used',
          until: '2026-06-30',
          line: 12,
        },
      ],
    },
  };
  const before = agent('retired', { scope: scopeId('aws', '777788889999', 'us-east-1') });
  const formerCheck = { ...guardrailCheck, id: checkId('aws.bedrock-agent.agent-idle-timeout') };
  const previous = assemble({
    ...run,
    inventory: inventory({ assets: [before], asked: [asked('aws.bedrock-agent.agent', { scope: before.scope })] }),
    judgements: [judgement(formerCheck, before, fail())],
    checks: [formerCheck],
  });
  return assemble({ ...run, previous });
}

export function emptyReport(): Report {
  return assemble({ inventory: inventory(), judgements: [], checks: [guardrailCheck], frameworks, failOn: 'high', includePass: false });
}

export function refusedReport(): Report {
  const estate = inventory({ scopes: [], asked: [], gaps: [gap({ call: 'sign-in', scope: global, detail: 'the token has expired' })] });
  return assemble({ inventory: estate, judgements: [], checks: [guardrailCheck], frameworks, failOn: 'high', includePass: false });
}
