#!/usr/bin/env node
// The CLI from its sources. Node 20 cannot strip types, hence tsx.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Plugin, settings } from '@oclif/core';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

if (!process.features.typescript) (await import('tsx/esm/api')).register();
const { main } = await import('../src/cli/main.ts');
const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
pjson.oclif.commands = './src/commands';
// oclif would read the manifest, which leads to the bundle.
settings.enableAutoTranspile = false;
const sources = new Plugin({ root, pjson, isRoot: true, ignoreManifest: true });
await sources.load();
await main(process.argv.slice(2), { root, pjson, plugins: [sources] });
