import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { registryId } from '../resource-ids.ts';

/** Instances of Container Registry (Enterprise Edition), with their endpoints, who may reach them, and what scans their images. */
export default defineCollector({
  asset: 'alibaba.acr.instance',
  per: 'region',
  calls: {
    list: { operation: 'cr-20181201:ListInstance', must: ['Instances[].InstanceId'] },
    endpoints: { operation: 'cr-20181201:ListInstanceEndpoint', must: ['Endpoints[].EndpointType'] },
    scanRules: { operation: 'cr-20181201:ListScanRule', must: ['ScanRules[]'] },
  },
  facts: {
    '': 'list#Instances[]',
    $endpoints: 'endpoints#Endpoints[]',
    $scanRules: 'scanRules#ScanRules[]',
  },
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const item of rowsOf(page, 'Instances')) {
        const id = textOf(item['InstanceId']);
        yield { id: registryId(scope, id), name: nameOr(item['InstanceName'], id), key: { InstanceId: id }, item };
      }
    }
  },
  async read(api, { key, name }) {
    const [endpoints, scanRules] = await Promise.all([api.all('endpoints', key, name), api.all('scanRules', key, name)]);
    return { $endpoints: endpoints, $scanRules: scanRules };
  },
});
