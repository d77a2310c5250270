import type { Facts } from '../../../model/asset.ts';
import { repositoryNamed } from '../../../model/image-reference.ts';
import { isJsonObject, type Json, type JsonObject, objectsIn } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { type Answer, type CollectorApi, defineCollector } from '../../collector.ts';
import { imageOriginShape, originsOf } from '../image-origin.ts';
import { rowsOf, textOf } from '../listed.ts';
import { ownRegistries, registryCalls } from '../own-registries.ts';
import { registryScans, scanCalls, scanShape, scansIn } from '../registry-scans.ts';
import { datasetId, gatewayId, quotaId, serviceGroupId, serviceResourceId, workspaceId } from '../pai-ids.ts';
import { bucketOfUri, securityGroupId, serviceId } from '../resource-ids.ts';

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
          'credential.role_arn',
          'model_path',
          'processor_path',
          'storage[].mount_path',
          'storage[].oss.path',
          'storage[].oss.readOnly',
          'storage[].nfs.server',
          'storage[].nfs.path',
          'storage[].nfs.readOnly',
          'storage[].image.image',
          'storage[].dataset.id',
        ],
      },
    },
    endpoints: { operation: 'eas-20210701:DescribeServiceEndpoints', must: ['Endpoints[]'] },
    resource: { operation: 'eas-20210701:DescribeResource', must: ['ResourceId'], keep: { ExtraData: ['vswitch_id'] } },
    instances: { operation: 'eas-20210701:ListServiceInstances', must: ['Instances[]'] },
    ...registryCalls,
    ...scanCalls,
  },
  facts: {
    '': 'service#',
    $endpoints: 'endpoints#Endpoints[]',
    $resource: ['resource#', 'service'],
    $instances: 'instances#Instances[]',
    $registries: ['registryEndpoints#Endpoints[]', 'registries'],
    '$scanStatus[]': ['scanStatus#', 'repositories', 'registryEndpoints', 'registries', 'service'],
    '$scanResults[]': ['scanResult#Vulnerabilities[]', 'scanStatus', 'repositories', 'registryEndpoints', 'registries', 'service'],
  },
  computed: {
    $images: {
      from: ['ServiceConfig', 'Image', '$registries'],
      of: (facts, { region }) => originsOf(imagesOf(facts), facts['$registries'], region),
      shape: imageOriginShape,
    },
    $imageScans: { from: ['$scanStatus', '$scanResults'], of: scansIn, shape: scanShape },
    $zoneCount: {
      from: ['$instances'],
      of: ({ $instances }) => zonesIn($instances),
      shape: { '': 'number' },
    },
  },
  edges: [
    { kind: 'reads', from: 'ServiceConfig.kept.storage[].oss.path', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'reads', from: 'ServiceConfig.kept.model_path', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'reads', from: 'ServiceConfig.kept.processor_path', to: 'alibaba.oss.bucket', id: bucketOfUri },
    { kind: 'runs', from: 'ServiceConfig.kept.containers[].image', to: 'oci.repository', id: repositoryNamed },
    { kind: 'runs', from: 'Image', to: 'oci.repository', id: repositoryNamed },
    { kind: 'reads', from: 'ServiceConfig.kept.storage[].image.image', to: 'oci.repository', id: repositoryNamed },
    { kind: 'assumes', from: 'ServiceConfig.kept.credential.role_arn', to: 'alibaba.ram.role' },
    {
      kind: 'uses',
      from: 'ServiceConfig.kept.cloud.networking.security_group_id',
      to: 'alibaba.ecs.security-group',
      id: (group, scope) => securityGroupId(scope, group),
    },
    {
      kind: 'reads',
      from: 'ServiceConfig.kept.storage[].dataset.id',
      to: 'alibaba.aiworkspace.dataset',
      id: (dataset, scope) => datasetId(scope, dataset),
    },
    { kind: 'uses', from: 'Gateway', to: 'alibaba.eas.gateway', id: (gateway, scope) => gatewayId(scope, gateway) },
    {
      kind: 'uses',
      from: 'Resource',
      to: 'alibaba.eas.resource-group',
      id: (resource, scope) => (isDedicated(resource) ? serviceResourceId(scope, resource) : undefined),
    },
    { kind: 'uses', from: 'ServiceGroup', to: 'alibaba.eas.group', id: (group, scope) => serviceGroupId(scope, group) },
    { kind: 'uses', from: 'QuotaId', to: 'alibaba.paistudio.quota', id: (quota, scope) => quotaId(scope, quota) },
    { kind: 'uses', from: 'WorkspaceId', to: 'alibaba.aiworkspace.workspace', id: (workspace, scope) => workspaceId(scope, workspace) },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list')) {
      for (const { ServiceName: name } of rowsOf(page, 'Services')) {
        yield { id: serviceId(scope, textOf(name)), name: textOf(name), key: { ClusterId: scope.region, ServiceName: textOf(name) } };
      }
    }
  },
  async read(api, { key, name }) {
    const [service, endpoints, instances, registries] = await Promise.all([
      api.call('service', key, name),
      api.call('endpoints', key, name),
      api.all('instances', key, name),
      ownRegistries(api),
    ]);
    return {
      '': service,
      $endpoints: answerAt(endpoints, 'Endpoints'),
      $resource: await resourceOf(api, service, key),
      $instances: instances,
      $registries: registries,
      ...(await registryScans(
        api,
        'value' in service ? imagesOf(service.value).map(textOf) : [],
        'value' in service ? registries : service,
      )),
    };
  },
});

/** The dedicated resource group that a service runs in. Services of the shared pool have none. */
async function resourceOf(api: CollectorApi<'resource'>, service: Answer, { ClusterId: region }: JsonObject): Promise<Answer> {
  if (!('value' in service)) return service;
  const { Resource: resource } = service.value;
  if (typeof resource !== 'string' || !isDedicated(resource)) return { none: true };
  return api.call('resource', { ClusterId: region ?? null, ResourceId: resource }, resource);
}

const isDedicated = (resource: string): boolean => resource.startsWith('eas-r-');

function imagesOf({ ServiceConfig: config, Image: image }: Facts): readonly (Json | undefined)[] {
  const kept = isJsonObject(config) && isJsonObject(config['kept']) ? config['kept'] : {};
  const named = [image, ...objectsIn(kept['containers']).map((container) => container['image'])];
  return [...new Set(named)].filter((one) => textOf(one) !== '');
}

/** How many zones the instances stand in; `undefined` where the vendor did not name all of them, so that there may be more. */
function zonesIn(instances: Json | undefined): number | undefined {
  const zones = new Set(objectsIn(instances).map(({ Zone: zone }) => textOf(zone)));
  return zones.has('') ? undefined : zones.size;
}
