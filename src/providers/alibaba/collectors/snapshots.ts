import { defineCollector } from '../../collector.ts';
import { firstRow, textOf } from '../listed.ts';
import { idBelow, kmsKeyId } from '../resource-ids.ts';

/** Snapshots of the disks of AI machines, and those that AI images were made from. */
export default defineCollector({
  asset: 'alibaba.ecs.snapshot',
  per: 'referenced',
  calls: {
    snapshots: { operation: 'ecs-20140526:DescribeSnapshots', must: ['Snapshots.Snapshot[].SnapshotId'] },
  },
  facts: { '': 'snapshots#Snapshots.Snapshot[]' },
  edges: [{ kind: 'uses', from: 'KMSKeyId', to: 'alibaba.kms.key', id: (key, scope) => kmsKeyId(scope, key) }],
  locate(id, { account }, from) {
    const snapshot = idBelow(id, 'ecs', 'snapshot', account);
    if (snapshot === undefined) return undefined;
    return { id, name: snapshot, key: { SnapshotId: snapshot, DiskId: idBelow(from, 'ecs', 'disk', account) ?? null } };
  },
  async read(api, { key }) {
    const snapshot = textOf(key['SnapshotId']);
    const disk = textOf(key['DiskId']);
    // The call of the disk, which is remembered: all snapshots of a disk come at once.
    const snapshots =
      disk === ''
        ? await api.all('snapshots', { SnapshotIds: JSON.stringify([snapshot]) }, snapshot)
        : await api.all('snapshots', { DiskId: disk }, disk);
    return { '': firstRow(snapshots, ({ SnapshotId }) => SnapshotId === snapshot) };
  },
});
