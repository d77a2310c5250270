#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The AWS SDK would print eight lines about Node 20 on stderr at its first client.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const argv = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

if (argv.length === 1 && argv[0] === '--version') {
  process.stdout.write(`aispm/${pjson.version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  try {
    const { main } = await import('../dist/cli/main.js');
    // A security tool runs no foreign code: no plugins, wherever they may be installed.
    await main(argv, { root, pjson, devPlugins: false, userPlugins: false });
  } catch (error) {
    // main answers for whatever happens in a run; what arrives here is a broken installation, or a bug.
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 70;
  }
}
