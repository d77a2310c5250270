import { isJsonObject, type JsonObject, objectsIn } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { exposedListeners, exposedListenersShape, machinesBehind } from '../exposed-listeners.ts';
import { mapRows, nameOr, rowsOf, textOf } from '../listed.ts';
import { instanceId, loadBalancerId } from '../resource-ids.ts';

/** Application load balancers (ALB), and the machines behind the default actions of their listeners. What single forwarding rules lead to is not read. */
export default defineCollector({
  asset: 'alibaba.alb.load-balancer',
  per: 'region',
  calls: {
    list: { operation: 'alb-20200616:ListLoadBalancers', must: ['LoadBalancers[].LoadBalancerId'] },
    listeners: { operation: 'alb-20200616:ListListeners', must: ['Listeners[].LoadBalancerId'] },
    servers: { operation: 'alb-20200616:ListServerGroupServers', must: ['Servers[].ServerGroupId'] },
  },
  facts: {
    '': 'list#LoadBalancers[]',
    $listeners: 'listeners#Listeners[]',
    $machines: ['servers#Servers[].ServerId', 'listeners'],
  },
  computed: {
    $exposedListeners: { from: ['AddressType', '$listeners'], of: (facts) => exposedListeners(facts), shape: exposedListenersShape },
  },
  edges: [{ kind: 'exposes', from: '$machines[]', to: 'alibaba.ecs.instance', id: (machine, scope) => instanceId(scope, machine) }],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'LoadBalancers')) {
        const id = textOf(item['LoadBalancerId']);
        const key = { LoadBalancerId: id };
        yield { id: loadBalancerId('alb', scope, id), name: nameOr(item['LoadBalancerName'], id), key, item };
      }
    }
  },
  async read(api, { key }) {
    // One listing each for all balancers of the region; the calls are remembered.
    const [listeners, servers] = await Promise.all([api.all('listeners', {}), api.all('servers', {})]);
    const $listeners = mapRows(listeners, (rows) => rows.filter(({ LoadBalancerId }) => LoadBalancerId === key['LoadBalancerId']));
    if (!('value' in $listeners)) return { $listeners, $machines: $listeners };
    const groups = new Set($listeners.value.flatMap(groupsOf));
    const $machines = mapRows(servers, (rows) => machinesBehind(rows.filter(({ ServerGroupId }) => groups.has(textOf(ServerGroupId)))));
    return { $listeners, $machines };
  },
});

/** Server groups that the default actions of a listener forward to. */
function groupsOf({ DefaultActions: actions }: JsonObject): readonly string[] {
  return objectsIn(actions).flatMap(({ ForwardGroupConfig: forward }) => {
    const tuples = isJsonObject(forward) ? objectsIn(forward['ServerGroupTuples']) : [];
    return tuples.map(({ ServerGroupId }) => textOf(ServerGroupId));
  });
}
