import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { protectedNames } from '../../../src/providers/alibaba/waf-objects.ts';
import { botManagement, coreProtection, rateLimiting } from '../../../src/providers/alibaba/waf-protection.ts';
import { siteRegionOf } from '../../../src/providers/alibaba/site-region.ts';

const template = (TemplateId: number, DefenseScene: string, more: JsonObject = {}): JsonObject => ({
  TemplateId,
  DefenseScene,
  TemplateStatus: 1,
  TemplateType: 'user_custom',
  ...more,
});
const rule = (TemplateId: number, action: string): JsonObject => ({ TemplateId, Config: { present: true, secrets: [], kept: { action } } });

/** A protected object of the group "ai", with templates, what each covers, and their rules. */
const object = (
  templates: readonly JsonObject[],
  bound: { readonly [template: number]: readonly string[] },
  rules: readonly JsonObject[] = [],
): JsonObject => ({
  Resource: 'llm.example.com-waf',
  ResourceGroup: 'ai',
  $templates: templates,
  $bound: Object.entries(bound).map(([id, Resources]) => ({ TemplateId: Number(id), Resources })),
  $rules: [rules],
});

describe('a template of WAF', () => {
  it('covers the objects that it lists, and those of the groups that it lists', () => {
    expect(botManagement(object([template(1, 'bot_manager')], { 1: ['llm.example.com-waf'] }))).toBe('on');
    expect(botManagement(object([template(1, 'bot_manager')], { 1: ['ai'] }))).toBe('on');
    expect(botManagement(object([template(1, 'bot_manager')], { 1: ['other.example.com-waf'] }))).toBe('off');
  });

  it('that is off, or of another scene, covers nothing', () => {
    expect(botManagement(object([template(1, 'bot_manager', { TemplateStatus: 0 })], { 1: ['ai'] }))).toBe('off');
    expect(botManagement(object([template(1, 'cc')], { 1: ['ai'] }))).toBe('off');
    expect(botManagement(object([], {}))).toBe('off');
  });

  it('of the vendor may cover what it does not list: that is not known', () => {
    expect(botManagement(object([template(1, 'bot_manager', { TemplateType: 'user_default' })], { 1: [] }))).toBeUndefined();
  });
});

describe('core protection', () => {
  const covered = { 1: ['ai'] };

  it('is on where every rule blocks', () => {
    expect(coreProtection(object([template(1, 'waf_group')], covered, [rule(1, 'block'), rule(2, 'monitor')]))).toBe('on');
  });

  it('is off where no template of it is on', () => {
    expect(coreProtection(object([template(1, 'cc')], covered, [rule(1, 'block')]))).toBe('off');
  });

  it('is not known where a rule does something else: nobody documents what', () => {
    expect(coreProtection(object([template(1, 'waf_base')], covered, [rule(1, 'block'), rule(1, 'monitor')]))).toBeUndefined();
    expect(coreProtection(object([template(1, 'waf_base')], covered))).toBeUndefined();
  });
});

describe('rate limiting', () => {
  it('is on with a template against floods, and not known with custom rules, which may limit rates too', () => {
    expect(rateLimiting(object([template(1, 'cc')], { 1: ['ai'] }))).toBe('on');
    expect(rateLimiting(object([template(1, 'custom_acl')], { 1: ['ai'] }))).toBeUndefined();
    expect(rateLimiting(object([template(1, 'custom_acl')], { 1: [] }))).toBe('off');
  });
});

it.each([
  [{ Resource: 'llm.example.com-waf', Detail: { product: 'waf', domain: 'llm.example.com' } }, ['llm.example.com']],
  [{ Resource: 'llm.example.com-waf' }, ['llm.example.com']],
  [{ Resource: 'alb-x1' }, ['alb-x1']],
  [{ Resource: 'lb-bp1-80-clb7', Detail: {} }, ['lb-bp1']],
  [{ Resource: 'gw-1-443-apig', Detail: { domain: 'api.example.com' } }, ['api.example.com', 'gw-1']],
])('the protected object %j is about %j', (object, names) => expect(protectedNames(object)).toEqual(names));

it('a site, and every region of it, has one name in calls', () => {
  expect(['mainland', 'cn-beijing', 'international', 'cn-hongkong', 'eu-central-1'].map(siteRegionOf)).toEqual([
    'cn-hangzhou',
    'cn-hangzhou',
    'ap-southeast-1',
    'ap-southeast-1',
    'ap-southeast-1',
  ]);
});
