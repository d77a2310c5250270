import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RecordedAnswer } from '../../../src/demo/answers.ts';
import alibaba from '../../../src/providers/alibaba/provider.ts';
import { replay } from '../../support/collector-cases.ts';
import { checksOf, judge } from '../../support/judge-inventory.ts';

const file = fileURLToPath(new URL('../../../fixtures/demo/alibaba/answers.json', import.meta.url));
const answers = JSON.parse(readFileSync(file, 'utf8')) as readonly RecordedAnswer[];

describe('the estate of Alibaba Cloud in the demo', () => {
  it('has the findings, the gaps and the limit that its story tells', async () => {
    const { inventory, unanswered } = await replay({ provider: alibaba, collectors: alibaba.collectors }, answers);
    const { report } = await judge(inventory, await checksOf(alibaba.collectors));
    expect(unanswered).toEqual([]);
    expect(report.findings.map(({ rule, assetName, place }) => [rule, assetName, place].join(' ')).toSorted()).toEqual([
      'alibaba.acr.instance-internet-endpoint-acl models ',
      'alibaba.acr.instance-scan-rule models ',
      'alibaba.acr.repository-visibility ai/chat ',
      'alibaba.agentrun.endpoint-public-access Default ',
      'alibaba.aisc.unhandled-high-risk help-desk 71',
      'alibaba.aiworkspace.dataset-public-bucket support-chats ',
      'alibaba.apig.ai-api-authentication chat ',
      'alibaba.cloudfw.ips-block-mode Cloud Firewall ',
      'alibaba.cloudfw.public-ip-protection 203.0.113.24 ',
      'alibaba.dlc.job-env-secret finetune-7b Envs.HF_TOKEN HF_TOKEN',
      'alibaba.dlc.job-image-trust finetune-7b ',
      'alibaba.dsw.instance-internet-forward research-gpu ssh',
      'alibaba.dsw.instance-role-privilege research-gpu ',
      'alibaba.dsw.instance-shared-role research-gpu ',
      'alibaba.eas.service-image-trust chat-qwen ',
      'alibaba.eas.service-image-trust draw-comfyui ',
      'alibaba.eas.service-image-trust embed-bge ',
      'alibaba.eas.service-plaintext-secret chat-qwen ServiceConfig containers[].env[DASHSCOPE_API_KEY]',
      'alibaba.eas.service-public-endpoint chat-qwen ',
      'alibaba.eas.service-public-endpoint draw-comfyui ',
      'alibaba.eas.service-safety-lock chat-qwen ',
      'alibaba.eas.service-safety-lock draw-comfyui ',
      'alibaba.eas.service-safety-lock embed-bge ',
      'alibaba.eas.service-user-vpc chat-qwen ',
      'alibaba.eas.service-webui-public draw-comfyui ',
      'alibaba.ecs.disk-encryption d-bp1gpu0001 ',
      'alibaba.ecs.image-sharing pytorch-2-train ',
      'alibaba.ecs.instance-deletion-protection gpu-ollama-01 ',
      'alibaba.ecs.instance-deletion-protection gpu-train-02 ',
      'alibaba.ecs.instance-deletion-protection vector-01 ',
      'alibaba.ecs.instance-imdsv2 gpu-ollama-01 ',
      'alibaba.ecs.instance-public-address gpu-ollama-01 ',
      'alibaba.ecs.instance-role-privilege gpu-ollama-01 ',
      'alibaba.ecs.instance-user-data-secret gpu-ollama-01 $userData DASHSCOPE_API_KEY',
      'alibaba.ecs.region-default-disk-encryption cn-hangzhou ',
      'alibaba.ecs.security-group-admin-port-open sg-0jlcluster sgr-bp10010',
      'alibaba.ecs.security-group-ai-port-open sg-bp1ollama sgr-bp10001',
      'alibaba.ecs.security-group-ai-port-open sg-t4nvec sgr-bp10007',
      'alibaba.esa.site-rate-limit shop.example ',
      'alibaba.guardrails.channel-protection AI Guardrails ',
      'alibaba.guardrails.model-studio-app-scan AI Guardrails ',
      'alibaba.kms.key-rotation-and-deletion-protection key-hzz6acme0models ',
      'alibaba.lingjun.cluster-security-group llm-pretrain ',
      'alibaba.lingjun.node-public-ip pretrain-02 ',
      'alibaba.lingjun.node-security-agent pretrain-02 ',
      'alibaba.lingjun.node-user-data-secret pretrain-01 $userData HF_TOKEN',
      'alibaba.lingjun.vpd-cross-tenant-grant pretrain ',
      'alibaba.modelstudio.api-key-age batch-2024 ',
      'alibaba.modelstudio.api-key-ip-allowlist batch-2024 ',
      'alibaba.modelstudio.api-key-permission-scope batch-2024 ',
      'alibaba.modelstudio.workspace-separation default ',
      'alibaba.oss.bucket-acl-public acme-models ',
      'alibaba.oss.bucket-block-public-access acme-models ',
      'alibaba.oss.bucket-https-only acme-models ',
      'alibaba.ram.access-key-age nightly-training nightly-training-1',
      'alibaba.ram.login-mfa-enforcement 1234567890123456 ',
      'alibaba.ram.policy-ai-wildcard pai-everything ',
      'alibaba.ram.service-credential-expiry qwen-batch ',
      'alibaba.sas.agentless-scan-recency Security Center ',
      'alibaba.sas.agentless-scan-recency Security Center ',
      'alibaba.sas.aispm-check-result-medium Model Studio calls should be logged ',
      'alibaba.sas.aispm-open-risks Security Center ',
      'alibaba.sas.edition-cspm Security Center ',
      'alibaba.sas.host-agent-online gpu-ollama-01 ',
      'alibaba.sas.image-scan-schedule Security Center ',
      'alibaba.sas.image-sensitive-file Alibaba Cloud AccessKey ',
      'alibaba.sas.periodic-check-schedule Security Center ',
      'alibaba.sas.score-ai-deductions Security Center ',
      'alibaba.sas.threat-detection-response Security Center ',
      'alibaba.sas.threat-detection-response Security Center ',
      'alibaba.slb.listener-tls-and-acl ollama-front http:80',
      'alibaba.vpc.flow-log vpc-0jlai0001 ',
      'alibaba.vpc.flow-log vpc-bp1ai0001 ',
      'alibaba.waf.bot-management gw-bp1llm01-443-apig ',
      'alibaba.waf.logging gw-bp1llm01-443-apig ',
      'alibaba.waf.rate-limiting gw-bp1llm01-443-apig ',
    ]);
    expect(inventory.gaps.map(({ call, subject, permission }) => [call, subject, permission].join(' ')).toSorted()).toEqual([
      'eas-20210701:DescribeService rerank-bge eas:DescribeService',
      'ram-20150501:GetPolicy Custom/ml-training-data ram:GetPolicy',
    ]);
    const notActivated = inventory.limits.filter(({ reason }) => reason === 'not-activated');
    expect(notActivated.map(({ subject, reason }) => [subject, reason])).toEqual([
      ['eflo-controller-20221215 in ap-southeast-1', 'not-activated'],
    ]);
    const unknown = report.verdicts.filter(({ verdict }) => verdict.status === 'unknown');
    expect(unknown.map(({ check, asset }) => `${check} ${asset.split('/').at(-1)}`).toSorted()).toEqual([
      'alibaba.eas.service-image-scan embed-bge',
      'alibaba.eas.service-image-scan rerank-bge',
      'alibaba.eas.service-image-trust rerank-bge',
      'alibaba.eas.service-multi-zone rerank-bge',
      'alibaba.eas.service-plaintext-secret rerank-bge',
      'alibaba.eas.service-public-endpoint rerank-bge',
      'alibaba.eas.service-safety-lock rerank-bge',
      'alibaba.eas.service-user-vpc rerank-bge',
      'alibaba.eas.service-webui-public rerank-bge',
      'alibaba.ecs.instance-role-privilege i-bp1gpu0002',
      'alibaba.ecs.security-group-ai-port-open sg-bp1train',
      'alibaba.modelstudio.api-key-model-scope 410002',
      'alibaba.modelstudio.model-permission-scope llm-t4nshop',
      'alibaba.sas.risk-notifications aispm:alibaba:1234567890123456:international:alibaba.sas.account',
    ]);
  });
});
