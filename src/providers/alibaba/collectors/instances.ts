import type { Facts } from '../../../model/asset.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { type Answer, defineCollector } from '../../collector.ts';
import { aiReasons, knownAiReasons } from '../ai-machine.ts';
import { rowsOf, textOf } from '../listed.ts';
import { mergedRules, openRules } from '../open-rules.ts';
import { instanceId, roleId, securityGroupId } from '../resource-ids.ts';

/**
 * ECS instances. All of them are listed, because what makes one an AI asset (a GPU, its image, an open port of a model server)
 * is known only after it was read; `$ai` says why, and is empty for the others.
 */
export default defineCollector({
  asset: 'alibaba.ecs.instance',
  per: 'region',
  calls: {
    list: { operation: 'ecs-20140526:DescribeInstances', must: ['Instances.Instance[].InstanceId', 'Instances.Instance[].InstanceType'] },
    roles: { operation: 'ecs-20140526:DescribeInstanceRamRole', must: ['InstanceRamRoleSets.InstanceRamRoleSet[]'] },
    image: { operation: 'ecs-20140526:DescribeImages', must: ['Images.Image[]'] },
    rules: { operation: 'ecs-20140526:DescribeSecurityGroupAttribute', must: ['Permissions.Permission[]'] },
  },
  facts: {
    '': 'list#Instances.Instance[]',
    $ramRoles: 'roles#InstanceRamRoleSets.InstanceRamRoleSet[]',
    $image: 'image#Images.Image[]',
    '$rules[]': 'rules#Permissions.Permission[]',
  },
  computed: {
    $ramRole: {
      from: ['$ramRoles'],
      of: ({ $ramRoles }) => roleNames($ramRoles).at(0),
      shape: { '': 'string' },
    },
    $openRules: {
      from: ['$rules'],
      of: ({ $rules }) => openRules(mergedRules($rules)),
      shape: {
        '': 'list',
        '[].rule': 'string',
        '[].source': 'string',
        '[].portRange': 'string',
        '[].aiPorts': 'list',
        '[].adminPorts': 'list',
        '[].aiPortsSettled': 'boolean',
        '[].adminPortsSettled': 'boolean',
      },
    },
    $openPorts: {
      from: ['$rules'],
      of: ({ $openRules }) => portsOf($openRules),
      shape: { '': 'list' },
    },
    $ai: {
      from: ['GPUAmount', 'InstanceTypeFamily', 'InstanceType', 'ImageId', 'OSName', '$image', '$openRules'],
      of: (facts) => aiReasons(facts),
      despite: (facts) => knownAiReasons(facts),
      shape: { '': 'list' },
    },
    $aiSecurityGroups: {
      from: ['SecurityGroupIds', '$ai'],
      of: groupsOfAi,
      shape: { '': 'list' },
    },
  },
  edges: [
    {
      kind: 'assumes',
      from: '$ramRoles[].RamRoleName',
      to: 'alibaba.ram.role',
      id: (name, scope) => (name === '' ? undefined : roleId(scope, name)),
    },
    { kind: 'uses', from: '$aiSecurityGroups[]', to: 'alibaba.ecs.security-group', id: (group, scope) => securityGroupId(scope, group) },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Instances.Instance')) {
        const id = textOf(item['InstanceId']);
        const name = item['InstanceName'];
        yield { id: instanceId(scope, id), name: typeof name === 'string' && name !== '' ? name : id, key: { InstanceId: id }, item };
      }
    }
  },
  async read(api, { key, item = {} }) {
    const id = textOf(key['InstanceId']);
    const image = item['ImageId'];
    const groups = groupIds(item);
    const [roles, images, ...rules] = await Promise.all([
      api.all('roles', { InstanceIds: JSON.stringify([id]) }, id),
      typeof image === 'string' && image !== '' ? api.call('image', { ImageId: image }, image) : nothing,
      ...groups.map((group) => api.all('rules', { SecurityGroupId: group }, group)),
    ]);
    return {
      $ramRoles: roles,
      $image: answerAt(images, 'Images.Image'),
      ...Object.fromEntries(groups.map((group, at) => [`$rules[${group}]`, rules[at] ?? nothing])),
      ...(groups.length === 0 && { '$rules[]': { value: [] } }),
    };
  },
});

const nothing: Answer = { none: true };

function groupIds({ SecurityGroupIds: groups }: JsonObject): readonly string[] {
  const ids = isJsonObject(groups) ? groups['SecurityGroupId'] : undefined;
  return isJsonList(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

function groupsOfAi(facts: Facts): readonly string[] {
  return isJsonList(facts['$ai']) && facts['$ai'].length > 0 ? groupIds(facts) : [];
}

function portsOf(rules: Json | undefined): readonly number[] {
  const ports = (isJsonList(rules) ? rules : []).flatMap((rule) =>
    isJsonObject(rule) ? [...numbers(rule['aiPorts']), ...numbers(rule['adminPorts'])] : [],
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

function roleNames(roles: Json | undefined): readonly string[] {
  const names = (isJsonList(roles) ? roles : []).map((role) => (isJsonObject(role) ? textOf(role['RamRoleName']) : ''));
  return names.filter((name) => name !== '');
}

const numbers = (value: Json | undefined): readonly number[] => (isJsonList(value) ? value.filter((item) => typeof item === 'number') : []);
