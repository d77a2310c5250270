import { type Answer, type CollectorApi, defineCollector } from '../../collector.ts';
import type { Json } from '../../../model/json.ts';
import { firstRow, mapRows, textOf } from '../listed.ts';
import { idBelow, kmsKeyId, snapshotId } from '../resource-ids.ts';

/** Disks of machines that are AI assets. */
export default defineCollector({
  asset: 'alibaba.ecs.disk',
  per: 'referenced',
  calls: {
    disks: { operation: 'ecs-20140526:DescribeDisks', must: ['Disks.Disk[].DiskId'] },
    snapshots: { operation: 'ecs-20140526:DescribeSnapshots', must: ['Snapshots.Snapshot[].SnapshotId'] },
  },
  facts: {
    '': 'disks#Disks.Disk[]',
    $snapshots: 'snapshots#Snapshots.Snapshot[]',
  },
  edges: [
    { kind: 'uses', from: 'KMSKeyId', to: 'alibaba.kms.key', id: (key, scope) => kmsKeyId(scope, key) },
    { kind: 'holds', from: '$snapshots[].SnapshotId', to: 'alibaba.ecs.snapshot', id: (snapshot, scope) => snapshotId(scope, snapshot) },
  ],
  locate(id, { account }, from) {
    const disk = idBelow(id, 'ecs', 'disk', account);
    if (disk === undefined) return undefined;
    return { id, name: disk, key: { DiskId: disk, InstanceId: idBelow(from, 'ecs', 'instance', account) ?? null } };
  },
  async read(api, { key }) {
    const disk = textOf(key['DiskId']);
    const machine = textOf(key['InstanceId']);
    // The call of the machine, which is remembered: all disks of a machine come at once.
    const disks = machine === '' ? await byId(api, disk) : await api.all('disks', { InstanceId: machine }, machine);
    const snapshots = await api.all('snapshots', { DiskId: disk }, disk);
    return { '': firstRow(disks, ({ DiskId }) => DiskId === disk), $snapshots: idsOf(snapshots) };
  },
});

const byId = (api: CollectorApi<'disks'>, disk: string): Promise<Answer<readonly Json[]>> =>
  api.all('disks', { DiskIds: JSON.stringify([disk]) }, disk);

/** Their names only: each is an asset of its own. */
const idsOf = (answer: Answer<readonly Json[]>): Answer<Json> =>
  mapRows(answer, (rows) => rows.map(({ SnapshotId }) => ({ SnapshotId: SnapshotId ?? null })));
