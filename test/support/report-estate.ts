import type { Asset, Edge } from '../../src/model/asset.ts';
import type { Check, Framework } from '../../src/model/check.ts';
import type { Gap, Limit } from '../../src/model/gap.ts';
import { assetId, assetType, checkId, gapId, limitId, operationId, scopeId } from '../../src/model/ids.ts';
import type { Asked, Inventory } from '../../src/model/inventory.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Evidence, Judgement, Verdict } from '../../src/model/verdict.ts';

/** Small hand-made estates for tests of ledger, gate, waivers, carrying and reporters. */

export const collectedAt = '2026-03-01T10:00:00Z';
export const east = scopeId('aws', '111122223333', 'us-east-1');
export const west = scopeId('aws', '111122223333', 'us-west-2');
export const global = scopeId('aws', '111122223333', 'global');

export function inventory(parts: Partial<Inventory> = {}): Inventory {
  return {
    schemaVersion: '1.0',
    tool: { name: 'aispm', version: '0.1.0' },
    scopes: [east, west, global].map((id) => {
      const [, account = '', region = ''] = id.split('/');
      return { id, provider: 'aws', account, region, collectedAt };
    }),
    asked: [asked('aws.bedrock-agent.agent', { leadsTo: [assetType('aws.iam.role')] })],
    assets: [],
    edges: [],
    secrets: [],
    gaps: [],
    limits: [],
    notConfigured: [],
    selection: [],
    ...parts,
  };
}

export function asked(type: string, parts: Partial<Asked> = {}): Asked {
  return {
    scope: east,
    type: assetType(type),
    operations: [operationId('bedrock-agent:ListAgents')],
    notAsked: [],
    gaps: [],
    limits: [],
    listingCut: false,
    leadsTo: [],
    ...parts,
  };
}

export function agent(name: string, parts: Partial<Asset> = {}): Asset {
  return {
    id: assetId(`arn:aws:bedrock:us-east-1:111122223333:agent/${name}`),
    type: assetType('aws.bedrock-agent.agent'),
    name,
    scope: east,
    facts: { agentName: name, agentId: name, agentStatus: 'PREPARED' },
    unread: [],
    hiddenEdges: [],
    ...parts,
  };
}

export function role(name: string, parts: Partial<Asset> = {}): Asset {
  return {
    ...agent(name),
    id: assetId(`arn:aws:iam::111122223333:role/${name}`),
    type: assetType('aws.iam.role'),
    scope: global,
    ...parts,
  };
}

export function assumes(from: Asset, to: Asset): Edge {
  return { from: from.id, to: to.id, kind: 'assumes', toType: to.type };
}

export function gap(parts: Partial<Omit<Gap, 'id' | 'call'>> & { readonly id?: string; readonly call?: string } = {}): Gap {
  const { id = 'gap:1', call = 'bedrock-agent:GetAgent', ...rest } = parts;
  return { id: gapId(id), scope: east, call: operationId(call), reason: 'denied', detail: 'the role may not call it', ...rest };
}

export function limit(parts: Partial<Limit> = {}): Limit {
  return { id: limitId('limit:1'), scope: east, subject: 'LINGJUN', reason: 'not-activated', count: 1, ...parts };
}

export function check(id: string, parts: Partial<Check> & { readonly type?: string } = {}): Check {
  const { type = 'aws.bedrock-agent.agent', ...rest } = parts;
  return {
    id: checkId(id),
    title: 'Agents answer behind a guardrail',
    severity: 'high',
    assets: [assetType(type)],
    because: 'Without a guardrail the model alone stands between a prompt injection and the tools',
    fix: {
      kind: 'command',
      do: 'Attach a published guardrail',
      inputs: { guardrail: 'a published guardrail of the same region' },
      steps: [{ run: ['aws', 'bedrock-agent', 'update-agent', '--agent-id', '{fact.agentId}', '--guardrail', '{input.guardrail}'] }],
      undo: 'restore',
    },
    maps: { 'cis-aws-7.0': ['1.1'] },
    relates: { 'owasp-llm-2025': ['LLM01'] },
    see: ['https://docs.aws.amazon.com/bedrock/latest/userguide/agents-guardrail.html'],
    tags: ['guardrail'],
    params: {},
    formerly: [],
    expect: { path: 'guardrailConfiguration.guardrailIdentifier', empty: false },
    ...rest,
  };
}

export const guardrailCheck = check('aws.bedrock-agent.agent-guardrail-identifier');
export const roleCheck = check('aws.iam.ai-role-attached-policy', {
  type: 'aws.iam.role',
  severity: 'critical',
  title: 'Roles of agents are no administrators',
});

export const frameworks: readonly Framework[] = [
  {
    id: 'owasp-llm-2025',
    title: 'OWASP Top 10 for LLM applications',
    version: '2025',
    organization: 'OWASP',
    url: 'https://genai.owasp.org/',
    limits: 'Ids only.',
    controls: { LLM01: 'prompt injection', LLM02: 'disclosure of secrets' },
  },
  {
    id: 'cis-aws-7.0',
    title: 'CIS AWS Foundations',
    version: '7.0',
    organization: 'CIS',
    limits: 'Ids only.',
    controls: { '1.1': 'accounts' },
  },
];

export function judgement(of: Check, on: Asset, verdict: Verdict): Judgement {
  return { check: of.id, asset: on.id, verdict };
}

export function fail(...evidence: readonly Evidence[]): Verdict {
  return {
    status: 'fail',
    evidence: evidence.length > 0 ? evidence : [{ path: 'guardrailConfiguration.guardrailIdentifier', wanted: 'not empty' }],
  };
}

export const pass: Verdict = {
  status: 'pass',
  evidence: [{ path: 'guardrailConfiguration.guardrailIdentifier', found: 'gr-1', wanted: 'not empty' }],
};

export function unknown(id = 'gap:1'): Verdict {
  return { status: 'unknown', because: [{ gap: gapId(id) }] };
}

/** What inspection leaves of a value that held a key. */
export function inspected(secrets: readonly JsonObject[]): JsonObject {
  return { $inspected: true, present: true, secrets, kept: {} };
}

export function secret(variable: string, shown = 'sk-…1f2a'): JsonObject {
  return { detector: 'dashscope.api-key', issuerCandidates: ['DashScope'], shown, confidence: 'certain', why: 'shape', variable };
}
