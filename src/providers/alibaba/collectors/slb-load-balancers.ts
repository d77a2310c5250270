import { defineCollector } from '../../collector.ts';
import { exposedListeners, exposedListenersShape, machinesBehind } from '../exposed-listeners.ts';
import { mapRows, nameOr, rowsOf, textOf } from '../listed.ts';
import { instanceId, loadBalancerId } from '../resource-ids.ts';

/** Classic load balancers (CLB), and the machines that those with an address of the internet expose. */
export default defineCollector({
  asset: 'alibaba.slb.load-balancer',
  per: 'region',
  calls: {
    list: { operation: 'slb-20140515:DescribeLoadBalancers', must: ['LoadBalancers.LoadBalancer[].LoadBalancerId'] },
    listeners: { operation: 'slb-20140515:DescribeLoadBalancerListeners', must: ['Listeners[].LoadBalancerId'] },
    servers: { operation: 'slb-20140515:DescribeHealthStatus', must: ['BackendServers.BackendServer[]'] },
  },
  facts: {
    '': 'list#LoadBalancers.LoadBalancer[]',
    $listeners: 'listeners#Listeners[]',
    $machines: 'servers#BackendServers.BackendServer[].ServerId',
  },
  computed: {
    $exposedListeners: { from: ['AddressType', '$listeners'], of: (facts) => exposedListeners(facts), shape: exposedListenersShape },
  },
  edges: [{ kind: 'exposes', from: '$machines[]', to: 'alibaba.ecs.instance', id: (machine, scope) => instanceId(scope, machine) }],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'LoadBalancers.LoadBalancer')) {
        const id = textOf(item['LoadBalancerId']);
        const key = { LoadBalancerId: id };
        yield { id: loadBalancerId('slb', scope, id), name: nameOr(item['LoadBalancerName'], id), key, item };
      }
    }
  },
  async read(api, { key, name, item = {} }) {
    // One listing for all balancers of the region; the call is remembered.
    const listeners = await api.all('listeners', {});
    // Nobody on the internet comes through the others.
    const isPublic = textOf(item['AddressType']) !== 'intranet';
    return {
      $listeners: mapRows(listeners, (rows) => rows.filter(({ LoadBalancerId }) => LoadBalancerId === key['LoadBalancerId'])),
      $machines: isPublic ? mapRows(await api.all('servers', key, name), machinesBehind) : { value: [] },
    };
  },
});
