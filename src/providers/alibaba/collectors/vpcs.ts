import { defineCollector } from '../../collector.ts';
import { mapRows } from '../listed.ts';
import { idBelow } from '../resource-ids.ts';

/** VPCs that AI assets are in, with the flow logs that watch them. */
export default defineCollector({
  asset: 'alibaba.vpc.vpc',
  per: 'referenced',
  calls: {
    flowLogs: { operation: 'vpc-20160428:DescribeFlowLogs', must: ['FlowLogs.FlowLog[].ResourceId'] },
  },
  facts: { $flowLogs: 'flowLogs#FlowLogs.FlowLog[]' },
  locate(id, { account }) {
    const vpc = idBelow(id, 'vpc', 'vpc', account);
    return vpc === undefined ? undefined : { id, name: vpc, key: { VpcId: vpc } };
  },
  async read(api, { key }) {
    // One listing for all VPCs of the region: there are fewer flow logs than networks.
    const logs = await api.all('flowLogs', {});
    return { $flowLogs: mapRows(logs, (rows) => rows.filter(({ ResourceId }) => ResourceId === key['VpcId'])) };
  },
});
