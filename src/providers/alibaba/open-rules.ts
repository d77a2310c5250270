import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { aiPorts } from '../ai-software.ts';

export const adminPorts = [22, 3389] as const;

/** A rule that lets the internet in, or may: what it opens is known for sure only where `…Settled` is there. */
export interface OpenRule extends JsonObject {
  /** Its id, or where the vendor sent none what it says. */
  readonly rule: string;
  readonly source: string;
  readonly portRange: string;
  /** Ports that are open to the internet through it, for sure. */
  readonly aiPorts: readonly number[];
  readonly adminPorts: readonly number[];
}

/**
 * The ingress rules that let the internet reach a watched port, after all rules of the group (or of all groups of a machine)
 * are merged: a lower priority number goes first, and with equal numbers Drop goes before Accept
 * (https://www.alibabacloud.com/help/en/ecs/user-guide/security-group-rules). Prefix lists and port lists cannot be read by
 * any call of the catalogue, so that a rule of this kind settles nothing: what it may open or close stays unsettled.
 */
export function openRules(permissions: readonly Json[]): readonly OpenRule[] {
  const rules = permissions
    .filter(isJsonObject)
    .map(ruleOf)
    .filter((rule) => rule.isIngress && rule.isTcp)
    .sort(byPrecedence);
  return rules.flatMap((rule) => {
    if (!rule.accepts) return [];
    const ai = opened(rule, rules, aiPorts);
    const admin = opened(rule, rules, adminPorts);
    const isOfInterest = [ai, admin].some(({ ports, isSettled }) => ports.length > 0 || !isSettled);
    if (!isOfInterest) return [];
    return [
      {
        rule: rule.id,
        source: rule.source,
        portRange: rule.portRange,
        aiPorts: ai.ports,
        adminPorts: admin.ports,
        ...(ai.isSettled && { aiPortsSettled: true }),
        ...(admin.isSettled && { adminPortsSettled: true }),
      },
    ];
  });
}

/** The types of what `openRules` gives, for collectors that make a fact of it. */
export const openRulesShape = {
  '': 'list',
  '[].rule': 'string',
  '[].source': 'string',
  '[].portRange': 'string',
  '[].aiPorts': 'list',
  '[].adminPorts': 'list',
  '[].aiPortsSettled': 'boolean',
  '[].adminPortsSettled': 'boolean',
} as const;

type Maybe = boolean | 'unknown';
type Family = 'v4' | 'v6';

interface Rule {
  readonly id: string;
  readonly isIngress: boolean;
  readonly isTcp: boolean;
  readonly accepts: boolean;
  readonly priority: number;
  readonly source: string;
  readonly portRange: string;
  readonly covers: (port: number) => Maybe;
  /** The rule is about every address of the family. */
  readonly isWorld: (family: Family) => Maybe;
}

function ruleOf(permission: JsonObject): Rule {
  const text = (name: string): string => (typeof permission[name] === 'string' ? permission[name] : '');
  const v4 = text('SourceCidrIp');
  const v6 = text('Ipv6SourceCidrIp');
  const prefixList = text('SourcePrefixListId');
  const portList = text('PortRangeListId');
  const portRange = portList || text('PortRange');
  const source = v4 || v6 || prefixList || text('SourceGroupId');
  const protocol = text('IpProtocol').toUpperCase();
  const priority = Number(text('Priority') || permission['Priority'] || 1);
  const accepts = text('Policy').toLowerCase() !== 'drop';
  return {
    id: text('SecurityGroupRuleId') || `${text('Policy')} ${protocol} ${portRange} ${source} ${priority}`,
    // The vendor leaves the direction out of answers that were asked for one direction only.
    isIngress: text('Direction').toLowerCase() !== 'egress',
    // What a rule leaves out may be anything.
    isTcp: protocol === 'TCP' || protocol === 'ALL' || protocol === '',
    accepts,
    priority: Number.isFinite(priority) ? priority : 1,
    source,
    portRange,
    covers: portList === '' && protocol !== '' ? rangeOf(portRange) : () => 'unknown',
    isWorld: (family) => {
      if (prefixList !== '' || source === '') return 'unknown';
      return family === 'v4' ? isEverybody(v4, accepts) : isEverybody(v6, accepts);
    },
  };
}

/**
 * All addresses of a family. A rule that accepts is read strictly: networks wider than any one owner's (`0.0.0.0/1` and its other
 * half) let the internet in as well. One that drops closes a port to everybody only if it names everybody.
 */
function isEverybody(network: string, accepts: boolean): boolean {
  const [, address, bits] = /^([\da-f.:]+)\/(\d{1,3})$/i.exec(network) ?? [];
  if (address === undefined) return false;
  return accepts ? Number(bits) < 8 && !/^f[cd]/i.test(address) : Number(bits) === 0;
}

/** `22/22`, `1/65535`; `-1/-1` is all ports. */
function rangeOf(text: string): (port: number) => Maybe {
  const [, from, to] = /^(-?\d+)\/(-?\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return () => 'unknown';
  if (from === '-1') return () => true;
  return (port) => Number(from) <= port && port <= Number(to);
}

function byPrecedence(a: Rule, b: Rule): number {
  return a.priority - b.priority || Number(a.accepts) - Number(b.accepts);
}

function opened(
  rule: Rule,
  ordered: readonly Rule[],
  ports: readonly number[],
): { readonly ports: readonly number[]; readonly isSettled: boolean } {
  const before = ordered.slice(0, ordered.indexOf(rule)).filter(({ accepts }) => !accepts);
  const states = ports.map((port) => ({ port, open: either(isOpen(rule, before, port, 'v4'), isOpen(rule, before, port, 'v6')) }));
  return {
    ports: states.filter(({ open }) => open === true).map(({ port }) => port),
    isSettled: states.every(({ open }) => open !== 'unknown'),
  };
}

function isOpen(rule: Rule, drops: readonly Rule[], port: number, family: Family): Maybe {
  const accepted = both(rule.covers(port), rule.isWorld(family));
  if (accepted === false) return false;
  const dropped = drops.map((drop) => both(drop.covers(port), drop.isWorld(family))).reduce<Maybe>(either, false);
  return both(accepted, dropped === 'unknown' ? 'unknown' : !dropped);
}

const both = (a: Maybe, b: Maybe): Maybe => (a === false || b === false ? false : a === true && b === true ? true : 'unknown');
const either = (a: Maybe, b: Maybe): Maybe => (a === true || b === true ? true : a === false && b === false ? false : 'unknown');

/** The lists of several groups as one. */
export function mergedRules(groups: Json | undefined): readonly Json[] {
  return isJsonList(groups) ? groups.flatMap((rules) => (isJsonList(rules) ? rules : [])) : [];
}
