import { defineCollector } from '../../collector.ts';
import { idBelow } from '../resource-ids.ts';

/**
 * Names under which AI can be reached from the internet, and what stands in front of them: where a firewall and what it guards meet
 * in the graph. Nothing is read of them; they are known by what names them.
 */
export default defineCollector({
  asset: 'alibaba.network.public-endpoint',
  per: 'referenced',
  calls: {},
  facts: {},
  locate(id, { account }) {
    const name = idBelow(id, 'network', 'endpoint', account);
    return name === undefined ? undefined : { id, name, key: { name } };
  },
});
