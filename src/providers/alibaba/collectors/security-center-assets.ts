import type { Facts } from '../../../model/asset.ts';
import { type JsonObject, objectsIn } from '../../../model/json.ts';
import { defineCollector } from '../../collector.ts';
import { mapRows, nameOr, rowsOf, textOf } from '../listed.ts';
import { instanceId, nodeId, resourceId } from '../resource-ids.ts';
import { siteRegion } from '../site-region.ts';

/** Machines and services that Security Center counts as AI, with its agent, the AI components that it saw on them, and what is exposed. */
export default defineCollector({
  asset: 'alibaba.sas.ai-asset',
  per: 'site',
  calls: {
    list: { operation: 'sas-20181203:DescribeCloudCenterInstances', must: ['Instances[].Uuid'], absence: 'fact' },
    components: { operation: 'sas-20181203:DescribePropertyScaDetail', absence: 'fact' },
    exposed: { operation: 'sas-20181203:DescribeExposedInstanceList', absence: 'fact' },
  },
  facts: {
    '': 'list#Instances[]',
    $components: 'components#Propertys[]',
    $exposed: 'exposed#ExposedInstances[]',
  },
  computed: {
    $exposedComponents: { from: ['$components', '$exposed'], of: exposedComponents, shape: { '': 'list' } },
    $exposureSettled: { from: ['$components', '$exposed'], of: exposureSettled, shape: { '': 'boolean' } },
    $regionId: siteRegion,
  },
  edges: [
    {
      kind: 'guards',
      from: 'InstanceId',
      to: 'alibaba.ecs.instance',
      id: (id, scope, facts) => (/^i-[a-z0-9]+$/.test(id) ? instanceId({ ...scope, region: textOf(facts['RegionId']) }, id) : undefined),
    },
    {
      kind: 'guards',
      from: 'InstanceId',
      to: 'alibaba.lingjun.node',
      id: (id, scope, facts) => (/^e\d\d-/.test(id) ? nodeId({ ...scope, region: textOf(facts['RegionId']) }, id) : undefined),
    },
  ],
  async *list(api, scope) {
    for await (const page of api.pages('list', { Criteria: JSON.stringify([{ name: 'aiStatus', value: 'YES' }]) })) {
      for (const item of rowsOf(page, 'Instances')) {
        const uuid = textOf(item['Uuid']);
        const key = { Uuid: uuid, InstanceId: item['InstanceId'] ?? null };
        yield { id: resourceId('yundun-sas', scope, `instance/${uuid}`), name: nameOr(item['InstanceName'], uuid), key, item };
      }
    }
  },
  async read(api, { key }) {
    // One listing for all of them, which is remembered: one per machine would be as many requests as there are machines.
    const [components, exposed] = await Promise.all([api.all('components', { Biz: 'sca_ai', Lang: 'en' }), api.all('exposed')]);
    return {
      $components: mapRows(components, (rows) => rows.filter(({ Uuid }) => Uuid === key['Uuid'])),
      $exposed: mapRows(exposed, (rows) => rows.filter(({ Uuid }) => Uuid === key['Uuid'])),
    };
  },
});

/** Components that listen on every interface, at a port that Security Center itself calls exposed. */
function exposedComponents(facts: Facts): readonly string[] {
  const ports = exposedPorts(facts);
  return [
    ...new Set(openListeners(facts).flatMap(({ Name, Port }) => (ports.has(textOf(Port)) ? [`${textOf(Name)}:${textOf(Port)}`] : []))),
  ].sort();
}

/** False where a component listens on every interface of a machine with a public address, and nobody says whether its port is let through. */
function exposureSettled(facts: Facts): boolean {
  const ports = exposedPorts(facts);
  return openListeners(facts).every(({ InternetIp, Port }) => textOf(InternetIp) === '' || ports.has(textOf(Port)));
}

function openListeners({ $components }: Facts): readonly JsonObject[] {
  return objectsIn($components).filter(({ ListenIp }) => ['0.0.0.0', '::'].includes(textOf(ListenIp)));
}

/** The vendor joins ports by commas. */
function exposedPorts({ $exposed }: Facts): ReadonlySet<string> {
  const texts = objectsIn($exposed).flatMap(({ ExposurePort, ExposureComponentList }) => [
    textOf(ExposurePort),
    ...objectsIn(ExposureComponentList).map(({ ListenPort }) => textOf(ListenPort)),
  ]);
  return new Set(
    texts
      .flatMap((text) => text.split(','))
      .map((port) => port.trim())
      .filter((port) => port !== ''),
  );
}
