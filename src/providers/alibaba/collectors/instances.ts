import type { Facts } from '../../../model/asset.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, objectsIn } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { type Answer, type CollectorApi, defineCollector, type Item, type ScopeContext } from '../../collector.ts';
import { aiReasons, knownAiReasons } from '../ai-machine.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import {
  applicationsOf,
  disksOfAi,
  groupIds,
  imageOf,
  publicAddresses,
  roleOf,
  rolesAtOnce,
  softwareInUserData,
} from '../machine-parts.ts';
import { mergedRules, openRules, openRulesShape } from '../open-rules.ts';
import { diskId, imageId, instanceId, publicAddressId, roleId, securityGroupId, vpcId } from '../resource-ids.ts';

/** Facts that may say that a machine is an AI asset. */
const aiEvidence = [
  'GPUAmount',
  'InstanceTypeFamily',
  'InstanceType',
  'ImageId',
  'OSName',
  'Tags',
  '$image',
  '$openRules',
  '$applications',
  '$userDataSoftware',
] as const;

/**
 * ECS instances. All of them are listed, because what makes one an AI asset (a GPU, its image, its tags, an open port of a model
 * server, the software on it) is known only after it was read; `$ai` says why, and is empty for the others.
 */
export default defineCollector({
  asset: 'alibaba.ecs.instance',
  per: 'region',
  calls: {
    list: { operation: 'ecs-20140526:DescribeInstances', must: ['Instances.Instance[].InstanceId', 'Instances.Instance[].InstanceType'] },
    roles: { operation: 'ecs-20140526:DescribeInstanceRamRole', must: ['InstanceRamRoleSets.InstanceRamRoleSet[]'] },
    image: { operation: 'ecs-20140526:DescribeImages', must: ['Images.Image[]'] },
    rules: { operation: 'ecs-20140526:DescribeSecurityGroupAttribute', must: ['Permissions.Permission[]'] },
    inventory: 'oos-20190601:ListInventoryEntries',
    userData: { operation: 'ecs-20140526:DescribeUserData', keep: { UserData: ['$software'] } },
    disks: { operation: 'ecs-20140526:DescribeDisks', must: ['Disks.Disk[].DiskId'] },
  },
  facts: {
    '': 'list#Instances.Instance[]',
    $ramRoles: 'roles#InstanceRamRoleSets.InstanceRamRoleSet[]',
    $image: 'image#Images.Image[]',
    '$rules[]': 'rules#Permissions.Permission[]',
    $applications: 'inventory#Entries[]',
    $userData: 'userData#UserData',
    $userDataSoftware: 'userData#UserData',
    $disks: ['disks#Disks.Disk[]', 'image', 'rules', 'inventory', 'userData'],
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
      shape: openRulesShape,
    },
    $openPorts: {
      from: ['$rules'],
      of: ({ $openRules }) => portsOf($openRules),
      shape: { '': 'list' },
    },
    $ai: {
      from: aiEvidence,
      of: (facts) => aiReasons(facts),
      despite: (facts) => knownAiReasons(facts),
      shape: { '': 'list' },
    },
    $aiImage: { from: ['ImageId', '$ai'], of: ofAi(({ ImageId: image }) => [textOf(image)]), shape: { '': 'list' } },
    $aiSecurityGroups: { from: ['SecurityGroupIds', '$ai'], of: ofAi(groupIds), shape: { '': 'list' } },
    $aiVpc: { from: ['VpcAttributes', '$ai'], of: ofAi(vpcsOf), shape: { '': 'list' } },
    $aiAddresses: { from: ['PublicIpAddress', 'EipAddress', '$ai'], of: ofAi(publicAddresses), shape: { '': 'list' } },
  },
  edges: [
    {
      kind: 'assumes',
      from: '$ramRoles[].RamRoleName',
      to: 'alibaba.ram.role',
      id: (name, scope) => (name === '' ? undefined : roleId(scope, name)),
    },
    { kind: 'runs', from: '$aiImage[]', to: 'alibaba.ecs.image', id: (image, scope) => imageId(scope, image) },
    { kind: 'uses', from: '$aiSecurityGroups[]', to: 'alibaba.ecs.security-group', id: (group, scope) => securityGroupId(scope, group) },
    { kind: 'uses', from: '$aiVpc[]', to: 'alibaba.vpc.vpc', id: (vpc, scope) => vpcId(scope, vpc) },
    { kind: 'uses', from: '$aiAddresses[]', to: 'alibaba.vpc.public-ip', id: (address, scope) => publicAddressId(scope, address) },
    { kind: 'holds', from: '$disks[].DiskId', to: 'alibaba.ecs.disk', id: (disk, scope) => diskId(scope, disk) },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      const rows = rowsOf(page, 'Instances.Instance');
      for (let from = 0; from < rows.length; from += rolesAtOnce) yield* itemsOf(rows.slice(from, from + rolesAtOnce), scope);
    }
  },
  async read(api, { key, item = {} }) {
    const id = textOf(key['InstanceId']);
    const [roles, image, applications, userData, rules] = await Promise.all([
      roleOf(api, id, textOf(key['batch'])),
      imageOf(api, item['ImageId']),
      applicationsOf(api, id),
      api.call('userData', { InstanceId: id }, id),
      rulesOf(api, groupIds(item)),
    ]);
    const parts = { $image: image, $applications: applications, $userDataSoftware: softwareInUserData(userData), ...rules };
    return { $ramRoles: roles, $userData: answerAt(userData, 'UserData'), ...parts, $disks: await disksOfAi(api, item, parts) };
  },
});

function* itemsOf(rows: readonly JsonObject[], scope: ScopeContext): Generator<Item> {
  const batch = JSON.stringify(rows.map(({ InstanceId }) => InstanceId ?? null));
  for (const item of rows) {
    const id = textOf(item['InstanceId']);
    yield { id: instanceId(scope, id), name: nameOr(item['InstanceName'], id), key: { InstanceId: id, batch }, item };
  }
}

async function rulesOf(api: CollectorApi<'rules'>, groups: readonly string[]): Promise<{ readonly [prefix: string]: Answer<Json> }> {
  if (groups.length === 0) return { '$rules[]': { value: [] } };
  const read = groups.map(async (group) => [`$rules[${group}]`, await api.all('rules', { SecurityGroupId: group }, group)] as const);
  return Object.fromEntries(await Promise.all(read));
}

/** What only machines that are AI assets lead to: the others would bring their whole network into the inventory. */
function ofAi(of: (facts: Facts) => readonly string[]): (facts: Facts) => readonly string[] {
  return (facts) => (isJsonList(facts['$ai']) && facts['$ai'].length > 0 ? of(facts).filter((name) => name !== '') : []);
}

function vpcsOf({ VpcAttributes: vpc }: Facts): readonly string[] {
  return [isJsonObject(vpc) ? textOf(vpc['VpcId']) : ''];
}

function portsOf(rules: Json | undefined): readonly number[] {
  const ports = objectsIn(rules).flatMap((rule) => [...numbers(rule['aiPorts']), ...numbers(rule['adminPorts'])]);
  return [...new Set(ports)].sort((a, b) => a - b);
}

function roleNames(roles: Json | undefined): readonly string[] {
  const names = objectsIn(roles).map(({ RamRoleName: name }) => textOf(name));
  return names.filter((name) => name !== '');
}

const numbers = (value: Json | undefined): readonly number[] => (isJsonList(value) ? value.filter((item) => typeof item === 'number') : []);
