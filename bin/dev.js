#!/usr/bin/env node
// The CLI from its sources. Node 20 cannot strip types, hence tsx.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
if (!process.features.typescript) (await import('tsx/esm/api')).register();
const { main } = await import('../src/cli/main.ts');
await main(process.argv.slice(2));
