import type { Facts } from '../../model/asset.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, objectsIn } from '../../model/json.ts';
import { textOf } from './listed.ts';

/** Whether a kind of protection covers a protected object; absent where what was read does not say. */
export type Cover = 'on' | 'off';

/** Scenes that protect an AI entry point: https://www.alibabacloud.com/help/en/waf/web-application-firewall-3-0/user-guide/protection-configuration-overview */
const scenes = {
  core: ['waf_group', 'waf_base'],
  bots: ['bot_manager'],
  rate: ['cc'],
  custom: ['custom_acl'],
} as const;

/** Ids of the templates that matter here and are switched on. */
export function templatesInUse(templates: readonly JsonObject[]): readonly JsonObject[] {
  const wanted = new Set<string>(Object.values(scenes).flat());
  return templates.filter((template) => isOn(template) && wanted.has(textOf(template['DefenseScene'])));
}

/** True if the template lists the object, or the group that the object belongs to. */
function listsObject(bound: Json | undefined, { Resource, ResourceGroup }: Facts): boolean {
  const names = isJsonList(bound) ? bound.map(textOf) : [];
  return [Resource, ResourceGroup].some((name) => textOf(name) !== '' && names.includes(textOf(name)));
}

/**
 * A template that lists the object covers it. The vendor's default template covers what no other template does, and its listing may
 * leave that out: with one that is on, a missing entry says nothing.
 */
function coverOf(facts: Facts, wanted: readonly string[]): Cover | undefined {
  const templates = objectsIn(facts['$templates']).filter(
    (template) => isOn(template) && wanted.includes(textOf(template['DefenseScene'])),
  );
  if (templates.some((template) => isBound(template, facts))) return 'on';
  return templates.some(({ TemplateType }) => TemplateType === 'user_default') ? undefined : 'off';
}

/**
 * Whether attacks are blocked. Rules that only monitor, and the loose rule group, are told apart by values that nobody documents
 * in full: anything but `block` leaves it open.
 */
export function coreProtection(facts: Facts): Cover | undefined {
  const cover = coverOf(facts, scenes.core);
  if (cover !== 'on') return cover;
  const bound = objectsIn(facts['$templates']).filter(
    (template) => scenes.core.some((scene) => scene === template['DefenseScene']) && isBound(template, facts),
  );
  const ids = new Set(bound.map(({ TemplateId }) => textOf(TemplateId)));
  const rules = (isJsonList(facts['$rules']) ? facts['$rules'] : [])
    .flatMap(objectsIn)
    .filter((rule) => ids.has(textOf(rule['TemplateId'])));
  return rules.length > 0 && rules.every((rule) => actionOf(rule) === 'block') ? 'on' : undefined;
}

export const botManagement = (facts: Facts): Cover | undefined => coverOf(facts, scenes.bots);

/** A custom rule may limit rates as well, in a form that is documented nowhere: where one covers the object, nobody knows. */
export function rateLimiting(facts: Facts): Cover | undefined {
  const cover = coverOf(facts, scenes.rate);
  return cover === 'off' && coverOf(facts, scenes.custom) !== 'off' ? undefined : cover;
}

function isBound({ TemplateId }: JsonObject, facts: Facts): boolean {
  const entry = objectsIn(facts['$bound']).find((one) => textOf(one['TemplateId']) === textOf(TemplateId));
  return listsObject(entry?.['Resources'], facts);
}

function isOn({ TemplateStatus }: JsonObject): boolean {
  return Number(TemplateStatus) === 1;
}

/** Only the action of the rule's configuration is kept. */
function actionOf({ Config }: JsonObject): Json | undefined {
  const kept = isJsonObject(Config) ? Config['kept'] : undefined;
  return isJsonObject(kept) ? kept['action'] : undefined;
}
