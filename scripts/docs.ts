/**
 * npm run docs [-- --check]
 * Writes the pages that follow from the code: one file `*.page.ts` in scripts/pages/ per page, its default export a Page.
 * With --check nothing is written, and a page that differs from what is committed is a failure.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Page {
  /** Relative to the root of the repository: docs/coverage.md. */
  readonly path: string;
  /** The whole page; the same for the same sources. */
  readonly render: () => string | Promise<string>;
}

const isCheck = process.argv.includes('--check');
const folder = new URL('./pages/', import.meta.url);
const files = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.page.ts'))
      .sort()
  : [];

for (const file of files) {
  const { default: page } = (await import(new URL(file, folder).href)) as { readonly default: Page };
  const target = fileURLToPath(new URL(`../${page.path}`, import.meta.url));
  const text = await page.render();
  if (existsSync(target) && readFileSync(target, 'utf8') === text) {
    process.stdout.write(`${page.path} is up to date\n`);
  } else if (isCheck) {
    process.stdout.write(`${page.path} is stale: run \`npm run docs\` and commit the page\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    process.stdout.write(`${page.path} written\n`);
  }
}
