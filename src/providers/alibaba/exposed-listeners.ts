import type { Facts } from '../../model/asset.ts';
import { isJsonObject, type JsonObject, objectsIn } from '../../model/json.ts';
import { textOf } from './listed.ts';

/**
 * A listener by which the internet comes in, in one form for the three kinds of load balancers. `transport`: `plain` is readable on
 * its way, `redirect` only sends to another listener, `old-tls` takes TLS 1.0 or 1.1, `opaque` is handed on as it is (TCP and UDP: whether it is encrypted, the backend knows);
 * absent for policies of the account's own making. `acl` is there where the listing tells of it.
 */
export interface ExposedListener extends JsonObject {
  readonly listener: string;
  readonly port: number;
}

export const exposedListenersShape = {
  '': 'list',
  '[].listener': 'string',
  '[].port': 'number',
  '[].transport': 'string',
  '[].acl': 'string',
} as const;

/** Listeners that run, of a balancer with an address of the internet. CLB writes `internet`, ALB and NLB `Internet`. */
export function exposedListeners({ AddressType: type, $listeners }: Facts): readonly ExposedListener[] {
  if (textOf(type).toLowerCase() !== 'internet') return [];
  return objectsIn($listeners)
    .filter((listener) => textOf(listener['ListenerStatus'] ?? listener['Status']).toLowerCase() !== 'stopped')
    .map(exposed);
}

function exposed(listener: JsonObject): ExposedListener {
  const protocol = textOf(listener['ListenerProtocol']).toLowerCase();
  const port = Number(listener['ListenerPort'] ?? 0);
  const transport = transportOf(protocol, listener);
  const acl = textOf(listener['AclStatus']);
  return {
    listener: textOf(listener['ListenerId']) || `${protocol}:${port}`,
    port,
    ...(transport !== undefined && { transport }),
    ...(acl !== '' && { acl }),
  };
}

function transportOf(protocol: string, listener: JsonObject): string | undefined {
  if (protocol === 'http') return redirects(listener) ? 'redirect' : 'plain';
  if (protocol === 'tcp' || protocol === 'udp') return 'opaque';
  const config = listener['HTTPSListenerConfig'];
  const policy = textOf(listener['SecurityPolicyId'] ?? (isJsonObject(config) ? config['TLSCipherPolicy'] : undefined));
  // https://www.alibabacloud.com/help/en/slb/application-load-balancer/user-guide/tls-security-policies
  const [, version] = /^tls_cipher_policy_(1_\d)/.exec(policy) ?? [];
  if (version === undefined) return protocol === 'quic' ? 'tls' : undefined;
  return version === '1_0' || version === '1_1' ? 'old-tls' : 'tls';
}

/** A listener that only sends callers to another one (CLB by a switch, ALB by its default action). */
function redirects({ HTTPListenerConfig: config, DefaultActions: actions }: JsonObject): boolean {
  if (isJsonObject(config) && config['ListenerForward'] === 'on') return true;
  const types = objectsIn(actions).map(({ Type }) => textOf(Type));
  return types.length > 0 && types.every((type) => type === 'Redirect');
}

/** Ids of the machines among the servers behind a balancer. */
export function machinesBehind(servers: readonly JsonObject[]): readonly string[] {
  const ids = servers.map(({ ServerId }) => textOf(ServerId)).filter((id) => id.startsWith('i-'));
  return [...new Set(ids)].sort();
}
