import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { aiPorts } from '../../../src/providers/ai-software.ts';
import { openRules } from '../../../src/providers/alibaba/open-rules.ts';

const rule = (id: string, more: JsonObject): JsonObject => ({
  SecurityGroupRuleId: id,
  Direction: 'ingress',
  Policy: 'Accept',
  Priority: '1',
  IpProtocol: 'TCP',
  PortRange: '11434/11434',
  SourceCidrIp: '0.0.0.0/0',
  ...more,
});
const v6 = { SourceCidrIp: '', Ipv6SourceCidrIp: '::/0' };

/** Rule id → ports that are open through it; `?` where that is not settled. */
function opened(...rules: readonly JsonObject[]): { readonly [rule: string]: readonly (number | '?')[] } {
  return Object.fromEntries(
    openRules(rules).map(({ rule: id, aiPorts, adminPorts, aiPortsSettled, adminPortsSettled }) => [
      id,
      [...aiPorts, ...adminPorts, ...(aiPortsSettled === true && adminPortsSettled === true ? [] : ['?' as const])],
    ]),
  );
}

describe('rules that let the internet in', () => {
  it('are those that accept every address, of either family', () => {
    expect(opened(rule('a', {}), rule('b', v6), rule('c', { SourceCidrIp: '198.51.100.0/24' }))).toEqual({ a: [11434], b: [11434] });
  });

  it('are of TCP or of everything', () => {
    expect(opened(rule('a', { IpProtocol: 'ALL', PortRange: '-1/-1' }))).toEqual({ a: [...aiPorts, 22, 3389] });
    expect(opened(rule('a', { IpProtocol: 'UDP' }), rule('b', { IpProtocol: 'ICMP', PortRange: '-1/-1' }))).toEqual({});
    expect(opened(rule('a', { Direction: 'egress' }))).toEqual({});
  });

  it('open the watched ports of their range', () => {
    expect(opened(rule('a', { PortRange: '8000/8100' }), rule('b', { PortRange: '443/443' }), rule('c', { PortRange: '20/25' }))).toEqual({
      a: [8000, 8001, 8002, 8080, 8081, 8082],
      c: [22],
    });
  });

  it('lose to a Drop of a lower number, and of the same number', () => {
    expect(opened(rule('a', { Priority: '5' }), rule('d', { Policy: 'Drop', Priority: '1' }))).toEqual({});
    expect(opened(rule('a', {}), rule('d', { Policy: 'Drop' }))).toEqual({});
    expect(opened(rule('a', { Priority: '5' }), rule('d', { Policy: 'Drop', Priority: '10' }))).toEqual({ a: [11434] });
  });

  it('compare priorities as numbers', () => {
    expect(opened(rule('a', { Priority: '9' }), rule('d', { Policy: 'Drop', Priority: '10' }))).toEqual({ a: [11434] });
  });

  it('lose only what the Drop covers', () => {
    expect(opened(rule('a', { PortRange: '8000/8888' }), rule('d', { Policy: 'Drop', PortRange: '8000/8100' }))).toEqual({
      a: [8188, 8265, 8500, 8501, 8888],
    });
    expect(opened(rule('a', {}), rule('d', { Policy: 'Drop', SourceCidrIp: '203.0.113.0/24' }))).toEqual({ a: [11434] });
    expect(opened(rule('a', {}), rule('d', { Policy: 'Drop', ...v6 }))).toEqual({ a: [11434] });
  });

  it('are merged over the groups of a machine before they are judged', () => {
    const open = rule('a', { Priority: '2' });
    const closing = rule('d', { Policy: 'Drop', PortRange: '-1/-1', IpProtocol: 'ALL', Priority: '1' });
    expect(opened(open)).toEqual({ a: [11434] });
    expect(opened(open, closing)).toEqual({});
  });

  it('by prefix list or port list are not settled, nor is what such a Drop may close', () => {
    const prefixes = { SourceCidrIp: '', SourcePrefixListId: 'pl-1' };
    expect(opened(rule('a', prefixes))).toEqual({ a: ['?'] });
    expect(opened(rule('a', { PortRange: '', PortRangeListId: 'prl-1' }))).toEqual({ a: ['?'] });
    expect(opened(rule('a', { Priority: '2' }), rule('d', { Policy: 'Drop', ...prefixes }))).toEqual({ a: ['?'] });
    expect(opened(rule('a', { PortRange: '443/443', ...prefixes }))).toEqual({});
  });

  it('may be two halves of the world; a Drop has to name all of it', () => {
    const half = { SourceCidrIp: '0.0.0.0/1' };
    expect(opened(rule('a', half), rule('b', { SourceCidrIp: '', Ipv6SourceCidrIp: '2000::/3' }))).toEqual({ a: [11434], b: [11434] });
    expect(opened(rule('a', { SourceCidrIp: '10.0.0.0/8' }), rule('b', { SourceCidrIp: '', Ipv6SourceCidrIp: 'fc00::/7' }))).toEqual({});
    expect(opened(rule('a', { Priority: '2' }), rule('d', { Policy: 'Drop', ...half }))).toEqual({ a: [11434] });
  });

  it('from another group are not from the internet', () => {
    expect(opened(rule('a', { SourceCidrIp: '', SourceGroupId: 'sg-2' }))).toEqual({});
  });

  it('that leave out what they mean are not settled', () => {
    expect(Object.values(opened({}))).toEqual([['?']]);
  });
});
