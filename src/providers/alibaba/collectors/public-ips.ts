import { defineCollector } from '../../collector.ts';
import { firstRow } from '../listed.ts';
import { idBelow } from '../resource-ids.ts';

/** Public addresses of AI machines: whether Cloud Firewall stands in front of them, and the elastic IP address behind them, if it is one. */
export default defineCollector({
  asset: 'alibaba.vpc.public-ip',
  per: 'referenced',
  calls: {
    firewall: { operation: 'cloudfw-20171207:DescribeAssetList', must: ['Assets[].InternetAddress'], absence: 'fact' },
    elastic: { operation: 'vpc-20160428:DescribeEipAddresses', must: ['EipAddresses.EipAddress[].IpAddress'] },
  },
  facts: {
    $firewall: 'firewall#Assets[]',
    $elastic: 'elastic#EipAddresses.EipAddress[]',
  },
  locate(id, { account }) {
    const address = idBelow(id, 'vpc', 'publicip', account);
    return address === undefined ? undefined : { id, name: address, key: {} };
  },
  async read(api, { name }) {
    // One listing for all addresses of the region; the calls are remembered. A firewall that was never bought lists none.
    const [firewall, elastic] = await Promise.all([api.all('firewall', {}), api.all('elastic', {})]);
    return {
      $firewall: firstRow(firewall, ({ InternetAddress }) => InternetAddress === name),
      $elastic: firstRow(elastic, ({ IpAddress }) => IpAddress === name),
    };
  },
});
