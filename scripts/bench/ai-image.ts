/** The layers of an image as AI teams build them, made once from what is installed here and kept in .cache/. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface BenchImage {
  /** The image as an OCI layout. */
  readonly layout: string;
  readonly gzip: readonly string[];
  readonly zstd: readonly string[];
  readonly tarBytes: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const megabyte = 1 << 20;

/** `tarMegabytes`: least size of all layers together, unpacked. */
export async function aiImage(tarMegabytes: number): Promise<BenchImage> {
  const folder = join(root, '.cache', `bench-image-2-${tarMegabytes}`);
  if (!existsSync(join(folder, 'layout/index.json'))) await build(folder, tarMegabytes);
  const files = (kind: string): string[] =>
    readdirSync(join(folder, kind))
      .map((name) => join(folder, kind, name))
      .toSorted((a, b) => statSync(b).size - statSync(a).size);
  const [gzip, zstd] = [files('gzip'), files('zstd')];
  const tarBytes = (await Promise.all(gzip.map(unpackedSize))).reduce((sum, size) => sum + size, 0);
  return { layout: join(folder, 'layout'), gzip, zstd, tarBytes };
}

async function build(folder: string, tarMegabytes: number): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  for (const kind of ['gzip', 'zstd', 'tensors']) mkdirSync(join(folder, kind), { recursive: true });
  await writeTensors(join(folder, 'tensors'), Math.round(tarMegabytes / 18));
  const python = await pythonFolder();
  const unlike = ['-name', '__pycache__', '-prune', '-o', '-type', 'f'];
  /** Shares of the whole, and what find(1) is asked. */
  const sources: readonly (readonly [share: number, find: readonly string[]])[] = [
    [0.12, ['/usr/bin', '/usr/sbin', '-type', 'f']],
    [0.24, ['/usr/lib', '-type', 'f', '-name', '*.so*']],
    [0.2, [python, ...unlike]],
    [0.04, [python, '-type', 'f', '-name', '*.pyc']],
    [0.2, [join(root, 'node_modules'), '-type', 'f']],
    [0.1, ['/usr/share', '-type', 'f', '!', '-name', '*.gz', '!', '-name', '*.jar', '!', '-path', '/usr/share/fonts/*']],
    // Wheels, jars, pages of the manual: a layer of applications has some.
    [
      0.03,
      [
        '/usr/share',
        '/usr/lib',
        python,
        '-type',
        'f',
        '(',
        '-name',
        '*.gz',
        '-o',
        '-name',
        '*.jar',
        '-o',
        '-name',
        '*.whl',
        ')',
        '-size',
        '-4M',
      ],
    ],
    [0.07, [join(folder, 'tensors'), '-type', 'f']],
  ];
  for (const [n, [share, find]] of sources.entries()) {
    const tar = join(folder, `layer-${n}.tar`);
    await tarOf(tar, await filesOf(find), tarMegabytes * megabyte * share * 1.05);
    await run('sh', ['-c', `gzip -6 -n < '${tar}' > '${join(folder, `gzip/layer-${n}.tar.gz`)}'`]);
    await run('zstd', ['-q', '-3', tar, '-o', join(folder, `zstd/layer-${n}.tar.zst`)]);
    rmSync(tar);
  }
  rmSync(join(folder, 'tensors'), { recursive: true });
  const layers = readdirSync(join(folder, 'gzip')).map((name) => join(folder, 'gzip', name));
  await writeLayout(join(folder, 'layout'), layers);
}

interface SourceFile {
  readonly path: string;
  readonly bytes: number;
}

/** The order says nothing about what is inside, and is the same each time. */
async function filesOf(find: readonly string[]): Promise<readonly SourceFile[]> {
  // find ends with 1 where a folder is missing or closed: the others are there.
  const { stdout } = await run('sh', ['-c', 'find "$@" -printf "%s %p\\n" 2>/dev/null || true', 'sh', ...find], quiet);
  const files = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ path: line.slice(line.indexOf(' ') + 1), bytes: Number(line.slice(0, line.indexOf(' '))) }));
  const orderOf = ({ path }: SourceFile): string => createHash('sha256').update(path).digest('hex');
  return files
    .map((file) => [orderOf(file), file] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, file]) => file);
}

const quiet = { maxBuffer: 256 * megabyte };

/** As many of the files as make the size; where they are too few, they are put in again under other names. */
async function tarOf(tar: string, files: readonly SourceFile[], bytes: number): Promise<void> {
  const list = `${tar}.list`;
  for (let copy = 0, left = bytes; left > 0 && copy < 6 && files.length > 0; copy++) {
    const chosen: string[] = [];
    for (const file of files) {
      if (left <= 0) break;
      if (file.bytes > left + 16 * megabyte) continue;
      chosen.push(file.path);
      left -= file.bytes + 1024;
    }
    writeFileSync(list, chosen.join('\n'));
    const options = [
      copy === 0 ? '-c' : '-r',
      '--ignore-failed-read',
      '--verbatim-files-from',
      `--transform=s,^,copy-${copy}/,`,
      '-f',
      tar,
      '-T',
      list,
    ];
    // tar ends with 1 where a file changed or could not be read: what it wrote is a layer all the same.
    await run('tar', options, quiet).catch((error: unknown) => {
      if (!existsSync(tar)) throw error;
    });
  }
  rmSync(list);
}

async function pythonFolder(): Promise<string> {
  const { stdout } = await run('python3', ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))']);
  return stdout.trim();
}

/** Weights look like noise in which every other byte says little: bfloat16 around zero. */
async function writeTensors(folder: string, megabytes: number): Promise<void> {
  const file = await open(join(folder, 'model.safetensors'), 'w');
  const header = Buffer.from(
    JSON.stringify({ weight: { dtype: 'BF16', shape: [megabytes << 19], data_offsets: [0, megabytes * megabyte] } }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await file.write(Buffer.concat([length, header]));
  let state = 1;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  for (let n = 0; n < megabytes; n++) {
    const bytes = Buffer.alloc(megabyte);
    for (let at = 0; at < megabyte; at += 2) {
      const random = next();
      bytes[at] = random >>> 16;
      bytes[at + 1] = ((random >>> 31) << 7) | (0x3a + ((random >>> 28) & 3));
    }
    await file.write(bytes);
  }
  await file.close();
}

async function writeLayout(folder: string, layers: readonly string[]): Promise<void> {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const put = (value: unknown): { digest: string; size: number } => {
    const bytes = Buffer.from(JSON.stringify(value));
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(folder, 'blobs/sha256', hex), bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const blobs = [];
  for (const path of layers) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { highWaterMark: megabyte })) hash.update(chunk as Buffer);
    const hex = hash.digest('hex');
    await run('ln', ['-f', path, join(folder, 'blobs/sha256', hex)]);
    blobs.push({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: `sha256:${hex}`, size: statSync(path).size });
  }
  const config = put({ os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids: [] }, history: [] });
  const manifest = put({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: blobs,
  });
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const index = { schemaVersion: 2, manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', ...manifest }] };
  writeFileSync(join(folder, 'index.draft'), JSON.stringify(index));
  renameSync(join(folder, 'index.draft'), join(folder, 'index.json'));
}

async function unpackedSize(path: string): Promise<number> {
  const { stdout } = await run('sh', ['-c', `gzip -dc '${path}' | wc -c`]);
  return Number(stdout);
}
