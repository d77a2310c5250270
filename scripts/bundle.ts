/**
 * Bundles the CLI and the library into dist/, as ES modules that share chunks: a command loads oclif's one chunk,
 * its own file, and nothing else. The clouds' SDKs and all other dependencies stay outside and load on first use.
 * Then oclif's manifest is written, so that a start reads one file instead of all commands.
 */
import { type Interfaces, Plugin as OclifPlugin, settings } from '@oclif/core';
import { build, type Metafile, type Plugin } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Interfaces.PJSON & {
  readonly dependencies: { readonly [name: string]: string };
};
// Bundled, because loading it from its many files takes longer than everything else at start.
const bundled = new Set(['@oclif/core']);

async function main(): Promise<void> {
  const commands = sources('src/commands');
  const entries = [...commands, ...sources('src').filter(isEntry)].sort();
  if (entries.length === 0) return;
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outbase: 'src',
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    metafile: true,
    write: false,
    legalComments: 'none',
    // `typescript` is oclif's own question, asked only for plugins in development.
    external: ['typescript', ...Object.keys(pjson.dependencies).filter((name) => !bundled.has(name))],
    banner: {
      js: `import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);`,
    },
    plugins: [jsonAsText, lazyPartsOfOclif],
  });
  const texts = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  texts.set(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), Buffer.from(licenses(metafile)));
  replaceOutput(texts);
  if (commands.length > 0) await writeManifest();
}

/** What is started by itself: the CLI, the library, worker threads. */
function isEntry(path: string): boolean {
  return path === 'src/cli/main.ts' || path === 'src/index.ts' || path.endsWith('-worker.ts');
}

function sources(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.generated.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'));
}

/** File by file, in one step each, and the superfluous last: a CLI that runs meanwhile finds what it needs. Declarations belong to tsc. */
function replaceOutput(files: ReadonlyMap<string, Uint8Array>): void {
  const draft = join(root, 'dist', `.draft-${process.pid}`);
  for (const [path, bytes] of files) {
    if (existsSync(path) && readFileSync(path).equals(bytes)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, bytes);
    renameSync(draft, path);
  }
  for (const entry of readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isOurs = !path.startsWith(join(root, 'dist/types')) && !entry.name.startsWith('.draft-');
    if (entry.isFile() && isOurs && !files.has(path)) rmSync(path);
  }
}

/** V8 parses a text of JSON faster than the same data as an object literal. */
const jsonAsText: Plugin = {
  name: 'json-as-text',
  setup(esbuild) {
    esbuild.onLoad({ filter: /\.json$/ }, ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const text = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
      return { contents: `export default JSON.parse(${JSON.stringify(text)});`, loader: 'js' };
    });
  },
};

/** oclif requires these at start and uses them seldom or, without plugins, never: together a tenth of its loading time. */
const lazyPartsOfOclif: Plugin = {
  name: 'lazy-parts-of-oclif',
  setup(esbuild) {
    const parts = /^(cli-spinners|ejs|lilconfig|minimatch|semver|tinyglobby)$/;
    esbuild.onResolve({ filter: parts }, async ({ path, importer, resolveDir, pluginData }) => {
      if (pluginData === 'itself' || !importer.includes('node_modules/@oclif/core/')) return undefined;
      const { path: file } = await esbuild.resolve(path, { resolveDir, kind: 'require-call', pluginData: 'itself' });
      return { path: file, namespace: 'lazy' };
    });
    esbuild.onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => (name === '__esModule' ? undefined : require(${JSON.stringify(path)})[name]) });`,
      resolveDir: root,
    }));
  },
};

async function writeManifest(): Promise<void> {
  settings.enableAutoTranspile = false; // oclif would ask for the API of TypeScript 5
  const commands = new OclifPlugin({ root, pjson, isRoot: true, ignoreManifest: true, errorOnManifestCreate: true });
  await commands.load();
  writeFileSync(join(root, 'oclif.manifest.json'), JSON.stringify(commands.manifest));
}

/** Licences of what was bundled ask to go with it. */
function licenses(metafile: Metafile): string {
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap(
      (path) => /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.replace(/^lazy:.*/, ''))?.[1] ?? [],
    ),
  );
  const texts = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
      [key: string]: string;
    };
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
  });
  const compiled = ['zstd', 'unpack'].flatMap((folder) =>
    readdirSync(join(root, 'wasm', folder))
      .filter((file) => file.startsWith('LICENSE'))
      .map(
        (file) =>
          `${file.replace(/^LICENSE\.?/, '') || folder}, compiled to WebAssembly\n\n${readFileSync(join(root, 'wasm', folder, file), 'utf8').trim()}\n`,
      ),
  );
  return `dist/ holds code of these packages.\n\n${[...texts, ...compiled].join(`\n${'-'.repeat(80)}\n\n`)}`;
}

await main();
