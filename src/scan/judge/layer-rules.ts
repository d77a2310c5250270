import type { LayerName } from '../../model/entry-layers.ts';

/**
 * Assets at which requests reach AI. `holding`: only those whose fact of this name is there and not empty; `exposedHolding`: also
 * those with this fact that something else, such as a load balancer, exposes.
 */
export const entryTypes: { readonly [type: string]: { readonly holding?: string; readonly exposedHolding?: string } } = {
  'alibaba.eas.service': {},
  'alibaba.modelstudio.agent-app': {},
  'alibaba.modelstudio.api-key': {},
  'alibaba.apig.http-api': {},
  'alibaba.agentrun.endpoint': {},
  'alibaba.ecs.instance': { holding: '$aiAddresses', exposedHolding: '$ai' },
};

/**
 * A check whose verdicts say whether a layer is there, and whose verdicts these are: of the entry point itself, of what stands
 * in front of it (guards it, or what it is reached through), of what lies behind it along the edges, or of the product's
 * settings for its region or account. A setting that is off leaves no layer; one that is on says nothing of this one entry
 * point, unless it covers all (`covers`).
 */
export interface LayerRule {
  readonly layer: LayerName;
  readonly check: string;
  readonly at: 'entry' | 'front' | 'behind' | 'settings';
  readonly covers?: 'all';
}

/** One line for each; the order does not matter. */
export const layerRules: readonly LayerRule[] = [
  { layer: 'edge', check: 'alibaba.esa.site-managed-rules', at: 'front' },
  { layer: 'bot-management', check: 'alibaba.esa.site-bot-management', at: 'front' },
  { layer: 'bot-management', check: 'alibaba.waf.bot-management', at: 'front' },
  { layer: 'waf', check: 'alibaba.waf.ai-application-protection', at: 'front' },
  { layer: 'waf', check: 'alibaba.waf.core-protection-mode', at: 'front' },
  { layer: 'waf', check: 'alibaba.waf.endpoint-protected', at: 'behind' },
  { layer: 'waf', check: 'alibaba.waf.instance-active', at: 'settings' },
  { layer: 'tls', check: 'alibaba.esa.site-tls-versions', at: 'front' },
  { layer: 'tls', check: 'alibaba.slb.listener-tls-and-acl', at: 'front' },
  { layer: 'authentication', check: 'alibaba.apig.ai-api-authentication', at: 'entry' },
  { layer: 'guardrails', check: 'alibaba.guardrails.channel-protection', at: 'settings' },
  { layer: 'guardrails', check: 'alibaba.modelstudio.agent-app-content-security', at: 'entry' },
  { layer: 'guardrails', check: 'alibaba.modelstudio.workspace-advanced-agent-protection', at: 'behind' },
  { layer: 'network', check: 'alibaba.agentrun.endpoint-public-access', at: 'entry' },
  { layer: 'network', check: 'alibaba.cloudfw.public-ip-protection', at: 'behind' },
  { layer: 'network', check: 'alibaba.eas.service-public-endpoint', at: 'entry' },
  { layer: 'network', check: 'alibaba.ecs.instance-public-address', at: 'entry' },
  { layer: 'network', check: 'alibaba.ecs.security-group-ai-port-open', at: 'behind' },
  { layer: 'network', check: 'alibaba.modelstudio.api-key-ip-allowlist', at: 'entry' },
  { layer: 'encryption', check: 'alibaba.ecs.disk-encryption', at: 'behind' },
  { layer: 'encryption', check: 'alibaba.oss.bucket-kms-encryption', at: 'behind' },
  { layer: 'logging', check: 'alibaba.actiontrail.trail-coverage', at: 'settings', covers: 'all' },
  { layer: 'logging', check: 'alibaba.oss.bucket-access-logging', at: 'behind' },
  { layer: 'logging', check: 'alibaba.vpc.flow-log', at: 'behind' },
  { layer: 'logging', check: 'alibaba.waf.logging', at: 'front' },
  { layer: 'backup', check: 'alibaba.oss.bucket-versioning', at: 'behind' },
];
