import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const { default: rules } = (await import(new URL('../.dependency-cruiser.mjs', import.meta.url).href)) as {
  default: { forbidden: object[]; options: ICruiseOptions };
};

describe('the sources', () => {
  it('import only what the architecture lets them', async () => {
    const { summary } = await judge(root);
    expect(summary.totalCruised).toBeGreaterThan(0);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  }, 60_000);

  it('give a reason for each rule', () => {
    for (const rule of rules.forbidden) expect(rule).toMatchObject({ severity: 'error', comment: expect.stringMatching(/\w+ \w+ \w+/) });
  });
});

describe('a planted violation is caught', () => {
  const planted: readonly (readonly [rule: string, from: string, statement: string, to: string])[] = [
    ['layer-model', 'src/model/a.ts', `import { b } from '../checks/b.ts'; export const a = b;`, 'src/checks/b.ts'],
    ['layer-model', 'src/model/a.ts', `import type { B } from '../scan/b.ts'; export type A = B;`, 'src/scan/b.ts'],
    ['layer-checks', 'src/checks/a.ts', `export const a = () => import('../providers/b.ts');`, 'src/providers/b.ts'],
    ['layer-secrets', 'src/secrets/a.ts', `export * from '../images/b.ts';`, 'src/images/b.ts'],
    ['layer-images', 'src/images/a.ts', `import { b } from '../secrets/b.ts'; export const a = b;`, 'src/secrets/b.ts'],
    ['layer-providers', 'src/providers/a.ts', `import type { B } from '../checks/b.ts'; export type A = B;`, 'src/checks/b.ts'],
    ['layer-report', 'src/report/formats/a.ts', `import type { B } from '../../scan/b.ts'; export type A = B;`, 'src/scan/b.ts'],
    ['layer-scan', 'src/scan/a.ts', `import { b } from '../report/b.ts'; export const a = b;`, 'src/report/b.ts'],
    ['layer-commands', 'src/commands/a.ts', `import { b } from '../providers/b.ts'; export const a = b;`, 'src/providers/b.ts'],
    ['provider-aws', 'src/providers/aws/a.ts', `import { b } from '../azure/b.ts'; export const a = b;`, 'src/providers/azure/b.ts'],
    [
      'package-aws-sdk-smithy',
      'src/scan/a.ts',
      `export const a = () => import('@aws-sdk/client-planted');`,
      'node_modules/@aws-sdk/client-planted/index.js',
    ],
    [
      'package-aws-sdk-smithy',
      'src/providers/azure/a.ts',
      `import type { B } from '@aws-sdk/client-planted'; export type A = B;`,
      'node_modules/@aws-sdk/client-planted/index.js',
    ],
    [
      'collector-no-client',
      'src/providers/aws/collectors/a.ts',
      `import { request } from 'node:https'; export const a = request;`,
      'https',
    ],
    ['pure-core', 'src/report/a.ts', `import { connect } from 'node:net'; export const a = connect;`, 'net'],
    ['no-circle', 'src/model/a.ts', `import { b } from './b.ts'; export const a = b;`, 'src/model/b.ts'],
    ['no-unresolvable', 'src/model/a.ts', `import { b } from './nowhere.ts'; export const a = b;`, ''],
  ];
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  it.each(planted)('%s: %s says %s', async (rule, from, statement, to) => {
    const folder = plant(folders, {
      [from]: statement,
      ...(to.startsWith('src/') && {
        [to]: rule === 'no-circle' ? `export * from './a.ts'; export const b = 1;` : 'export const b = 1; export type B = 1;',
      }),
      'node_modules/@aws-sdk/client-planted/package.json': '{ "name": "@aws-sdk/client-planted", "version": "1.0.0", "main": "index.js" }',
      'node_modules/@aws-sdk/client-planted/index.js': 'exports.B = 1;',
      'package.json': '{ "name": "planted", "type": "module", "dependencies": { "@aws-sdk/client-planted": "1.0.0" } }',
    });
    const { summary } = await judge(folder);
    expect(summary.violations.map((violation) => violation.rule.name)).toContain(rule);
  });

  it('and nothing else is: the same tree without it is clean', async () => {
    const folder = plant(folders, {
      'src/scan/a.ts': `import { b } from '../checks/b.ts'; export const a = b;`,
      'src/checks/b.ts': `import type { C } from '../model/c.ts'; export const b: C = 1;`,
      'src/model/c.ts': 'export type C = 1;',
      'package.json': '{ "name": "planted", "type": "module" }',
    });
    const { summary } = await judge(folder);
    expect(summary).toMatchObject({ totalCruised: 3, violations: [] });
  });
});

async function judge(baseDir: string): Promise<ICruiseResult> {
  const { output } = await cruise(['src'], {
    ...rules.options,
    ruleSet: { forbidden: rules.forbidden },
    validate: true,
    baseDir,
  } as ICruiseOptions);
  if (typeof output === 'string') throw new Error('dependency-cruiser gave a text where a result was expected');
  return output;
}

/** Inside the repository, because the parser is looked up from there. */
function plant(folders: string[], files: Readonly<Record<string, string>>): string {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache/planted-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
