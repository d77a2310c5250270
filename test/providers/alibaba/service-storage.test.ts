import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { servesFrom, storageOfService } from '../../../src/providers/alibaba/service-storage.ts';

test('a service takes its model from its mounts, its model path and its processor', () => {
  const kept: JsonObject = {
    storage: [
      { mount_path: '/model', oss: { path: 'oss://lab/chat/1/' } },
      { mount_path: '/nas', nfs: { path: '/' } },
    ],
    model_path: 'oss://lab/rank',
    processor_path: 'https://lab.example/p.tar.gz',
  };
  expect(storageOfService({ ServiceConfig: { $inspected: true, present: true, secrets: [], kept } })).toEqual([
    'oss://lab/chat/1/',
    'oss://lab/rank',
    'https://lab.example/p.tar.gz',
  ]);
});

test('without a configuration nobody knows what a service takes', () => {
  expect(storageOfService({ ServiceName: 'chat' })).toBeUndefined();
  expect(storageOfService({ ServiceConfig: { $inspected: true, present: false, secrets: [], kept: {} } })).toBeUndefined();
});

test.each([
  ['oss://lab/chat/1', 'oss://lab/chat/1/', true],
  ['oss://lab.oss-cn-hangzhou-internal.aliyuncs.com/chat/1/', 'oss://lab/chat/1', true],
  ['oss://lab/chat/1/weights.safetensors', 'oss://lab/chat/1', true],
  ['oss://lab/chat/10', 'oss://lab/chat/1', false],
  // That a folder above it is mounted does not say that this version is the one that answers.
  ['oss://lab/chat', 'oss://lab/chat/1', false],
  ['oss://other/chat/1', 'oss://lab/chat/1', false],
  ['/mnt/model', 'oss://lab/chat/1', false],
  ['oss://lab/chat/1', '', false],
])('a service that takes %s serves %s: %s', (storage, version, truth) => {
  expect(servesFrom([storage], version)).toBe(truth);
});
