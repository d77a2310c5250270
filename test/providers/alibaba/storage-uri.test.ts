import { expect, test } from 'vitest';
import { pathOfUri } from '../../../src/providers/alibaba/storage-uri.ts';

test.each([
  ['oss://lab/', ''],
  ['oss://lab', ''],
  ['oss://lab.oss-cn-hangzhou-internal.aliyuncs.com//', ''],
  ['oss://lab.oss-cn-hangzhou.aliyuncs.com/v1/', 'v1'],
  ['nas://0a1b2c.cn-hangzhou/', ''],
  ['nas://0a1b2c.cn-hangzhou/scans/raw', 'scans/raw'],
])('the path of %s is "%s"', (uri, path) => {
  expect(pathOfUri(uri)).toBe(path);
});

test('what is no address has no path', () => {
  expect([pathOfUri(''), pathOfUri('d-1'), pathOfUri('/mnt/data')]).toEqual([undefined, undefined, undefined]);
});
