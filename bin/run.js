#!/usr/bin/env node
import { readFileSync } from 'node:fs';

// The AWS SDK would print eight lines about Node 20 on stderr at its first client.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const argv = process.argv.slice(2);
if (argv.length === 1 && argv[0] === '--version') {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`aispm/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  try {
    const { main } = await import('../dist/cli/main.js');
    await main(argv);
  } catch (error) {
    // main answers for every error of a run; what arrives here is a broken installation or a bug.
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 70;
  }
}
