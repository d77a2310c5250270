import type { Facts } from '../../../model/asset.ts';
import { gapId } from '../../../model/ids.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, objectsIn } from '../../../model/json.ts';
import { answerAt } from '../../answer.ts';
import { type Answer, type CollectorApi, defineCollector, type Item, type ReadResult, type ScopeContext } from '../../collector.ts';
import { hardwareReasons, namesOfImage, tagReasons } from '../ai-machine.ts';
import { accountsOutside, directoryOf, listAccounts } from '../directory.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { imageId, snapshotId } from '../resource-ids.ts';

/**
 * ECS images: all of the account's own, and those of others (the marketplace, other accounts, the vendor) that its machines were
 * made from. `$ai` says why one counts as an AI asset: its names, its tags, a machine with a GPU that runs it.
 */
export default defineCollector({
  asset: 'alibaba.ecs.image',
  per: 'region',
  calls: {
    images: { operation: 'ecs-20140526:DescribeImages', must: ['Images.Image[].ImageId'] },
    machines: {
      operation: 'ecs-20140526:DescribeInstances',
      must: ['Instances.Instance[].InstanceId', 'Instances.Instance[].InstanceType'],
    },
    sharing: { operation: 'ecs-20140526:DescribeImageSharePermission', must: ['Accounts.Account[].AliyunId'] },
    directory: listAccounts,
  },
  facts: {
    '': 'images#Images.Image[]',
    $gpuMachines: 'machines#Instances.Instance[].InstanceId',
    $sharedWith: 'sharing#Accounts.Account[]',
    $directory: ['directory#Accounts.Account[].AccountId', 'sharing'],
  },
  computed: {
    $ai: {
      from: ['ImageName', 'ImageFamily', 'Description', 'Tags', '$gpuMachines'],
      of: (facts) => aiReasons(facts),
      despite: (facts) => (aiReasons(facts).length > 0 ? aiReasons(facts) : undefined),
      shape: { '': 'list' },
    },
    $sharedOutside: {
      from: ['$sharedWith', '$directory'],
      of: ({ $sharedWith, $directory }, scope) => accountsOutside($sharedWith, 'AliyunId', $directory, scope),
      shape: { '': 'list' },
    },
    $aiSnapshots: {
      from: ['DiskDeviceMappings', 'ImageOwnerAlias', '$ai'],
      of: snapshotsOf,
      shape: { '': 'list' },
    },
  },
  edges: [{ kind: 'holds', from: '$aiSnapshots[]', to: 'alibaba.ecs.snapshot', id: (snapshot, scope) => snapshotId(scope, snapshot) }],
  async *list(api, scope) {
    const machines = await api.all('machines', {});
    const own = new Set<string>();
    for await (const page of api.pages('images', { ImageOwnerAlias: 'self' })) {
      for (const item of rowsOf(page, 'Images.Image')) {
        own.add(textOf(item['ImageId']));
        yield itemOf(item, scope, machines);
      }
    }
    for (const id of imagesOf(machines)) {
      if (!own.has(id)) yield { id: imageId(scope, id), name: id, key: { ImageId: id, ...runBy(id, machines) } };
    }
  },
  async read(api, { key, item }) {
    const { gap, gpuMachines } = key;
    // The listing's own reason, carried along.
    const $gpuMachines: Answer<Json> = typeof gap === 'string' ? { gap: gapId(gap) } : { value: gpuMachines ?? [] };
    // Who an image of somebody else is shared with is for that owner to ask.
    const image: ReadResult = item === undefined ? { '': await imageOf(api, textOf(key['ImageId'])) } : {};
    const $sharedWith = item?.['IsSelfShared'] === 'sharing' ? await api.all('sharing', { ImageId: key['ImageId'] ?? null }) : none;
    const isShared = 'value' in $sharedWith && isJsonList($sharedWith.value) && $sharedWith.value.length > 0;
    return { ...image, $gpuMachines, $sharedWith, $directory: await directoryOf(api, isShared) };
  },
});

type Machines = Answer<readonly Json[]>;
const none: Answer<Json> = { none: true };

function itemOf(item: JsonObject, scope: ScopeContext, machines: Machines): Item {
  const id = textOf(item['ImageId']);
  return { id: imageId(scope, id), name: nameOr(item['ImageName'], id), key: { ImageId: id, ...runBy(id, machines) }, item };
}

/** Machines with a GPU that were made from an image, or the reason why they are not known. */
function runBy(image: string, machines: Machines): JsonObject {
  if ('gap' in machines) return { gap: machines.gap };
  if (!('value' in machines)) return { gpuMachines: [] };
  const withGpu = objectsIn(machines.value).filter((machine) => machine['ImageId'] === image && hardwareReasons(machine).length > 0);
  return { gpuMachines: withGpu.map(({ InstanceId }) => textOf(InstanceId)).sort() };
}

function imagesOf(machines: Machines): readonly string[] {
  if (!('value' in machines)) return [];
  const ids = objectsIn(machines.value).map(({ ImageId }) => textOf(ImageId));
  return [...new Set(ids)].filter((id) => id !== '').sort();
}

async function imageOf(api: CollectorApi<'images'>, id: string): Promise<Answer<Json>> {
  const images = answerAt(await api.call('images', { ImageId: id }, id), 'Images.Image');
  if (!('value' in images)) return images;
  const [image] = objectsIn(images.value);
  // One that its owner has deleted, or shares no more, lives on in the machines that were made from it.
  return image === undefined ? { gone: true } : { ...images, value: image };
}

function aiReasons(facts: Facts): readonly string[] {
  const { $gpuMachines: machines } = facts;
  const runs = isJsonList(machines) ? machines.map((machine) => `runs on a GPU: ${textOf(machine)}`) : [];
  return [...new Set([...namesOfImage(facts), ...tagReasons(facts['Tags']), ...runs])];
}

/** Snapshots behind an own image; those behind an image of somebody else are out of sight. */
function snapshotsOf({ DiskDeviceMappings: mappings, ImageOwnerAlias: owner, $ai }: Facts): readonly string[] {
  if (owner !== 'self' || !isJsonList($ai) || $ai.length === 0 || !isJsonObject(mappings)) return [];
  const ids = objectsIn(mappings['DiskDeviceMapping']).map(({ SnapshotId }) => textOf(SnapshotId));
  return ids.filter((id) => id !== '');
}
