import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createComponentReader } from '../../../../src/images/components/reader.ts';
import { missingProgram, runProgram } from '../../../support/registry-programs.ts';

const missing = missingProgram('rpm', 'rpmbuild');

/** Large enough to leave its row and go on in other pages, as real packages are. */
const spec = (name: string): string => `
Name: ${name}
Version: 12.4.99
Release: 3
Summary: made for a test
License: none
BuildArch: noarch
%description
${'A description of some length. '.repeat(300)}
%files
`;

describe.skipIf(missing !== undefined)(
  `a database that rpm wrote is read (${missing === undefined ? 'rpm is here' : `needs the program ${missing}`})`,
  () => {
    let folder = '';
    const names = [
      'cuda-cudart-12-4',
      'libcudnn9-cuda-12',
      'bash-lookalike',
      ...Array.from({ length: 120 }, (_, n) => `cuda-library-${n}`),
    ];
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'aispm-rpm-'));
      const subpackages = names
        .slice(1)
        .map((name) => `%package -n ${name}\nSummary: one more\n%description -n ${name}\n${'Words. '.repeat(900)}\n%files -n ${name}\n`);
      writeFileSync(join(folder, 'all.spec'), spec(names[0] as string) + subpackages.join('\n'));
      runProgram('rpmbuild', ['-bb', '--quiet', '--define', `_topdir ${folder}`, join(folder, 'all.spec')], { HOME: folder });
    }, 120_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test('SQLite', () => {
      const file = 'rpmdb.sqlite';
      const at = join(folder, 'database');
      mkdirSync(at);
      const rpm = (...words: readonly string[]) => runProgram('rpm', ['--dbpath', at, ...words], { HOME: folder });
      rpm('--initdb');
      const files = names.map((name) => join(folder, 'RPMS/noarch', `${name}-12.4.99-3.noarch.rpm`));
      // Installed in two steps, and some removed: pages are used again in another order.
      rpm('-i', '--justdb', '--nodeps', '--force', ...files.slice(0, 60));
      rpm('-e', '--justdb', '--nodeps', ...names.slice(20, 40));
      rpm('-i', '--justdb', '--nodeps', '--force', ...files.slice(60), ...files.slice(20, 40));
      rpm('-e', '--justdb', '--nodeps', 'cuda-library-7');
      const path = `usr/lib/sysimage/rpm/${file}`;
      const bytes = readFileSync(join(at, file));
      const reader = createComponentReader();
      const opened = reader.open(path, bytes.length);
      for (let from = 0; from < bytes.length; from += 33_333) opened?.push(bytes.subarray(from, from + 33_333));
      const found = opened?.end() ?? [];
      const listed = rpm('-qa', '--qf', '%{NAME} %{VERSION}-%{RELEASE}\n')
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('bash'));
      expect(new Set(found.map(({ name, version }) => `${name} ${version}`))).toEqual(new Set(listed));
      expect(found[0]).toMatchObject({ ecosystem: 'rpm', path });
      expect(reader.limits()).toEqual([]);
    });
  },
);

test('a Berkeley DB of rpm is read page by page', () => {
  const page = 4096;
  const meta = Buffer.alloc(page);
  meta.writeUInt32LE(0x061561, 12);
  meta.writeUInt32LE(page, 20);
  const header = rpmHeader('cuda-cudart-12-4', '12.4', '1', 300); // the names stand in its second page
  const bytes = Buffer.concat([meta, overflow(1, 0, 2, header.subarray(0, page - 26)), overflow(2, 1, 0, header.subarray(page - 26))]);
  const reader = createComponentReader();
  const path = 'var/lib/rpm/Packages';
  const opened = reader.open(path, bytes.length);
  opened?.push(bytes);
  expect(opened?.end()).toEqual([{ kind: 'runtime', name: 'cuda-cudart-12-4', version: '12.4-1', ecosystem: 'rpm', path }]);
  expect(reader.limits()).toEqual([]);

  function overflow(number: number, before: number, next: number, data: Uint8Array): Buffer {
    const one = Buffer.alloc(page);
    one.writeUInt32LE(number, 8);
    one.writeUInt32LE(before, 12);
    one.writeUInt32LE(next, 16);
    one.writeUInt16LE(data.length, 22);
    one[25] = 7;
    one.set(data, 26);
    return one;
  }
});

test('an ndb database of rpm is read blob by blob, however it is cut', () => {
  const start = Buffer.alloc(4096);
  start.write('RpmP');
  start.write('BlbS', 1002); // a slot that only looks like one
  const blobs = ['cuda-cudart-12-4', 'bash', 'libcudnn9'].map((name, n) => {
    const header = rpmHeader(name, `${n}.0`, '1', 900);
    const bytes = Buffer.alloc(16 + Math.ceil((header.length + 12) / 16) * 16 + 64 * n);
    bytes.write('BlbS');
    bytes.writeUInt32LE(n + 1, 4);
    bytes.writeUInt32LE(header.length, 12);
    bytes.set(header, 16);
    return bytes;
  });
  const bytes = Buffer.concat([start, ...blobs]);
  for (const size of [100, 4096, 1 << 20]) {
    const reader = createComponentReader();
    const path = 'usr/lib/sysimage/rpm/Packages.db';
    const opened = reader.open(path, bytes.length);
    for (let from = 0; from < bytes.length; from += size) opened?.push(bytes.subarray(from, from + size));
    expect(opened?.end().map(({ name, version }) => [name, version])).toEqual([
      ['cuda-cudart-12-4', '0.0-1'],
      ['libcudnn9', '2.0-1'],
    ]);
    expect(reader.limits()).toEqual([]);
  }
});

/** The beginning of a header: a region, the three texts, and other entries. */
function rpmHeader(name: string, version: string, release: string, others: number): Buffer {
  const entries = [
    [63, 7, 0, 16],
    [1000, 6, 16, 1],
    [1001, 6, 17 + name.length, 1],
    [1002, 6, 18 + name.length + version.length, 1],
  ];
  const index = [...entries, ...Array.from({ length: others }, () => [5000, 4, 0, 1])].flat();
  const data = Buffer.concat([Buffer.alloc(16), Buffer.from(`${name}\0${version}\0${release}\0`), Buffer.alloc(200)]);
  const head = Buffer.alloc(8 + index.length * 4);
  head.writeUInt32BE(index.length / 4, 0);
  head.writeUInt32BE(data.length, 4);
  for (const [n, value] of index.entries()) head.writeUInt32BE(value, 8 + n * 4);
  return Buffer.concat([head, data]);
}
