import { expect, test } from 'vitest';
import { originsOf } from '../../../src/providers/alibaba/image-origin.ts';

const registries = [{ InstanceId: 'cri-1', hosts: ['lab-registry.cn-hangzhou.cr.aliyuncs.com'] }];
const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['lab-registry.cn-hangzhou.cr.aliyuncs.com/ml/a:1', { registry: 'lab-registry.cn-hangzhou.cr.aliyuncs.com', pinned: 'tag', own: true }],
  [
    `lab-registry.cn-hangzhou.cr.aliyuncs.com/ml/a@${digest}`,
    { registry: 'lab-registry.cn-hangzhou.cr.aliyuncs.com', pinned: 'digest', own: true },
  ],
  [`docker.io/lab/a:1@${digest}`, { registry: 'docker.io', pinned: 'digest', own: false }],
  ['lab/a', { registry: 'docker.io', pinned: 'latest', own: false }],
  ['localhost:5000/a:latest', { registry: 'localhost:5000', pinned: 'latest', own: false }],
  // A port is no tag.
  ['registry.example:8443/a', { registry: 'registry.example:8443', pinned: 'latest', own: false }],
  // Somebody else's registry in the same region: all of the account's own were listed.
  [
    'else-registry.cn-hangzhou.cr.aliyuncs.com/ml/a:1',
    { registry: 'else-registry.cn-hangzhou.cr.aliyuncs.com', pinned: 'tag', own: false },
  ],
  // Another region was not asked, and hosts of the Personal Edition belong to everybody.
  ['lab-registry.cn-beijing.cr.aliyuncs.com/ml/a:1', { registry: 'lab-registry.cn-beijing.cr.aliyuncs.com', pinned: 'tag' }],
  ['registry-vpc.cn-hangzhou.aliyuncs.com/lab/a:1', { registry: 'registry-vpc.cn-hangzhou.aliyuncs.com', pinned: 'tag' }],
])('an image says where it comes from and what holds it: %s', (image, origin) => {
  expect(originsOf([image], registries, 'cn-hangzhou')).toEqual([{ image, ...origin }]);
});

test('whose a registry is stays open while the registries were not read', () => {
  expect(originsOf(['docker.io/lab/a:1', 'lab-registry.cn-hangzhou.cr.aliyuncs.com/ml/a:1'], undefined, 'cn-hangzhou')).toEqual([
    { image: 'docker.io/lab/a:1', registry: 'docker.io', pinned: 'tag' },
    {
      image: 'lab-registry.cn-hangzhou.cr.aliyuncs.com/ml/a:1',
      registry: 'lab-registry.cn-hangzhou.cr.aliyuncs.com',
      pinned: 'tag',
    },
  ]);
});

test('texts that name no image are left out, and an image counts once', () => {
  expect(originsOf(['lab/a:1', undefined, '', 'No Image!', 'lab/a:1'], [], 'cn-hangzhou').map(({ image }) => image)).toEqual(['lab/a:1']);
});
