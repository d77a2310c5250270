import { repositoryOfReference } from '../../../model/image-reference.ts';
import type { JsonObject } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { type Answer, type CollectorApi, defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { bucketOfUri, serviceId } from '../resource-ids.ts';

/**
 * PAI-EAS model services. Each is read on its own: the list has the members for endpoints, and never fills them.
 * In these calls the "cluster" is the region.
 */
export default defineCollector({
  asset: 'alibaba.eas.service',
  per: 'region',
  calls: {
    list: { operation: 'eas-20210701:ListServices', must: ['Services[].ServiceName'] },
    service: {
      operation: 'eas-20210701:DescribeService',
      must: ['ServiceName'],
      keep: {
        ServiceConfig: [
          'cloud.networking.vpc_id',
          'cloud.networking.vswitch_id',
          'cloud.networking.security_group_id',
          'metadata.enable_webservice',
          'networking.gateway',
          'containers[].image',
          'containers[].port',
          'storage[].oss.path',
          'model_path',
        ],
      },
    },
    endpoints: { operation: 'eas-20210701:DescribeServiceEndpoints', must: ['Endpoints[]'] },
    resource: { operation: 'eas-20210701:DescribeResource', must: ['ResourceId'], keep: { ExtraData: ['vswitch_id'] } },
  },
  facts: {
    '': 'service#',
    $endpoints: 'endpoints#Endpoints[]',
    $resource: ['resource#', 'service'],
  },
  edges: [
    { kind: 'runs', from: 'ServiceConfig.kept.containers[].image', to: 'oci.repository', id: repositoryOfReference },
    { kind: 'reads', from: 'ServiceConfig.kept.storage[].oss.path', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'reads', from: 'ServiceConfig.kept.model_path', to: 'alibaba.oss.bucket', id: bucketOfUri },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const { ServiceName: name } of rowsOf(page, 'Services')) {
        yield { id: serviceId(scope, textOf(name)), name: textOf(name), key: { ClusterId: scope.region, ServiceName: textOf(name) } };
      }
    }
  },
  async read(api, { key, name }) {
    const [service, endpoints] = await Promise.all([api.call('service', key, name), api.call('endpoints', key, name)]);
    return { '': service, $endpoints: answerAt(endpoints, 'Endpoints'), $resource: await resourceOf(api, service, key) };
  },
});

/** The dedicated resource group that a service runs in. Services of the shared pool have none. */
async function resourceOf(api: CollectorApi<'resource'>, service: Answer, { ClusterId: region }: JsonObject): Promise<Answer> {
  if (!('value' in service)) return service;
  const { Resource: resource } = service.value;
  if (typeof resource !== 'string' || !resource.startsWith('eas-r-')) return { none: true };
  return api.call('resource', { ClusterId: region ?? null, ResourceId: resource }, resource);
}
