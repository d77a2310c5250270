import { type Json, type JsonObject, objectsIn } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { type Answer, type CollectorApi, defineCollector } from '../../collector.ts';
import { firstRow, mapRows, nameOr, rowsOf, textOf } from '../listed.ts';
import { clusterId, nodeId, securityGroupId, subnetId, vpdId } from '../resource-ids.ts';

/** Nodes of LINGJUN clusters: bare-metal GPU machines, with their start script and what Security Center knows of them. */
export default defineCollector({
  asset: 'alibaba.lingjun.node',
  per: 'region',
  calls: {
    clusters: { operation: 'eflo-controller-20221215:ListClusters', must: ['Clusters[].ClusterId'] },
    nodes: { operation: 'eflo-controller-20221215:ListClusterNodes', must: ['Nodes[].NodeId'] },
    node: { operation: 'eflo-controller-20221215:DescribeNode', must: ['NodeId'] },
    machines: { operation: 'sas-20181203:DescribeCloudCenterInstances', must: ['Instances[].Uuid'], absence: 'fact' },
    installations: { operation: 'sas-20181203:ListAegisForLingjunStatus', must: ['InvokeTasks[].Uuid'], absence: 'fact' },
  },
  facts: {
    '': 'nodes#Nodes[]',
    $clusterId: 'clusters#Clusters[].ClusterId',
    $userData: 'node#UserData',
    $networks: 'node#Networks[]',
    $machine: 'machines#Instances[]',
    $installations: ['installations#InvokeTasks[]', 'machines'],
  },
  edges: [
    { kind: 'uses', from: '$clusterId', to: 'alibaba.lingjun.cluster', id: (cluster, scope) => clusterId(scope, cluster) },
    { kind: 'uses', from: 'Networks[].VpdId', to: 'alibaba.lingjun.vpd', id: (vpd, scope) => vpdId(scope, vpd) },
    { kind: 'uses', from: 'Networks[].SubnetId', to: 'alibaba.lingjun.subnet', id: (subnet, scope) => subnetId(scope, subnet) },
    {
      kind: 'uses',
      from: '$networks[].SecurityGroupId',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => securityGroupId(scope, group),
    },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('clusters')) {
      for (const { ClusterId: cluster } of rowsOf(page, 'Clusters')) {
        for await (const nodes of api.pages('nodes', { ClusterId: textOf(cluster) })) {
          for (const item of rowsOf(nodes, 'Nodes')) {
            const id = textOf(item['NodeId']);
            const key = { NodeId: id, ClusterId: textOf(cluster) };
            yield { id: nodeId(scope, id), name: nameOr(item['Hostname'], id), key, item };
          }
        }
      }
    }
  },
  async read(api, { key, name, item = {} }) {
    const [node, machines] = await Promise.all([
      api.call('node', { NodeId: key['NodeId'] ?? null }, name),
      // One listing of Security Center for all nodes, wherever they are; the call is remembered.
      api.all('machines', { RegionId: null }),
    ]);
    const $machine = firstRow(machines, (machine) => isSame(machine, item, api.scope.region));
    return {
      $clusterId: { value: key['ClusterId'] ?? null },
      $userData: answerAt(node, 'UserData'),
      $networks: answerAt(node, 'Networks'),
      $machine,
      $installations: await installationsOf(api, $machine),
    };
  },
});

/** Security Center knows a machine by its id, and where it joined by itself by its addresses. */
function isSame(machine: JsonObject, node: JsonObject, region: string): boolean {
  if (textOf(machine['InstanceId']) === textOf(node['NodeId'])) return true;
  if (textOf(machine['RegionId']) !== region) return false;
  const known = [textOf(machine['IntranetIp']), ...textOf(machine['IpListString']).split(/[,\s]+/)].filter((address) => address !== '');
  return objectsIn(node['Networks']).some(({ Ip }) => known.includes(textOf(Ip)));
}

/** What came of putting the agent on the node; of a node that Security Center does not know there is nothing. */
async function installationsOf(api: CollectorApi<'installations'>, machine: Answer): Promise<Answer<Json>> {
  if (!('value' in machine)) return machine;
  const uuid = textOf(machine.value['Uuid']);
  const tasks = await api.all('installations', { Uuids: JSON.stringify([uuid]) }, uuid);
  return mapRows(tasks, (rows) => rows.filter((task) => task['Uuid'] === uuid));
}
