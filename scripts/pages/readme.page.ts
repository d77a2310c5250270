import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '../docs.ts';

const begin = '<!-- begin: what the demo prints -->';
const end = '<!-- end: what the demo prints -->';

/** README.md is written by hand, but for the picture of the demo's output. */
export default {
  path: 'README.md',
  render: async () => {
    const readme = await readFile('README.md', 'utf8');
    const [before, rest = ''] = readme.split(begin);
    const after = rest.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`README.md lacks "${begin}" or "${end}"`);
    return `${before}${begin}\n\`\`\`text\n${await demoOutput()}\`\`\`\n${end}${after}`;
  },
} satisfies Page;

async function demoOutput(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aispm-readme-'));
  try {
    const { stderr } = await promisify(execFile)(process.execPath, [join(process.cwd(), 'bin/run.js'), 'demo', '--no-color'], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, SOURCE_DATE_EPOCH: '1767225600' },
    });
    return stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}
