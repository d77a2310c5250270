import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

export interface Remark {
  readonly rule: string;
  readonly level: string;
  readonly text: string;
}

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** Microsoft's validator, if `npm ci` was run in test/tools (or in the folder that AISPM_TEST_TOOLS names). */
export function sarifTool(): string | undefined {
  const folder = resolve(process.env['AISPM_TEST_TOOLS'] ?? fileURLToPath(new URL('../tools', import.meta.url)));
  try {
    const path: unknown = require(join(folder, 'node_modules/@microsoft/sarif-multitool'));
    return typeof path === 'string' && existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What the validator says, with the rules of the format and of GitHub on, the optional ones too. The tool ends with 0 in spite
 * of errors, so its own log is read; a crash throws.
 */
export async function remarksOf(tool: string, sarif: string): Promise<readonly Remark[]> {
  const folder = await mkdtemp(join(tmpdir(), 'aispm-sarif-'));
  try {
    await chmod(tool, 0o755).catch(() => undefined);
    const [file, defaults, strict, log] = ['in.sarif', 'defaults.xml', 'strict.xml', 'out.sarif'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
      string,
    ];
    await writeFile(file, sarif);
    await run(tool, ['export-validation-config', defaults]);
    const config = await readFile(defaults, 'utf8');
    const optional = /(<Properties Key="GH100[1-7]\.[^>]*>\s*<Property Key="RuleEnabled" Value=")Default"/g;
    await writeFile(strict, config.replaceAll(optional, '$1Error"'));
    await run(tool, ['validate', file, '--rule-kind', 'Sarif;Ghas', '-c', strict, '-o', log, '--log', 'ForceOverwrite']);
    const judged = JSON.parse(await readFile(log, 'utf8')) as {
      readonly runs: readonly {
        readonly results?: readonly { readonly ruleId: string; readonly level?: string; readonly message: unknown }[];
      }[];
    };
    return judged.runs.flatMap(({ results = [] }) =>
      results.map(({ ruleId, level = 'warning', message }) => ({ rule: ruleId, level, text: JSON.stringify(message) })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the published schema of SARIF 2.1.0 says, which comes with the validator. */
export async function schemaErrorsOf(tool: string, sarif: string): Promise<readonly string[]> {
  const {
    $schema: _,
    id: __,
    $id: ___,
    ...schema
  } = JSON.parse(await readFile(join(dirname(tool), 'sarif-2.1.0.json'), 'utf8')) as Record<string, unknown>;
  const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
  // The types describe the ESM form; Node hands out the CommonJS module.
  (formats as unknown as { default: (ajv: unknown) => void }).default(ajv);
  const validate = ajv.compile(schema);
  validate(JSON.parse(sarif));
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}
