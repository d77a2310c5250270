import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Cost {
  /** Processor time of the writing alone. */
  readonly seconds: number;
  /** The most memory of the whole process. */
  readonly kb: number;
  readonly bytes: number;
}

/** Writes findings in a process of its own: memory that one run gave back to the heap would hide what the next one takes. */
export async function costOf(what: 'sarif' | 'rows', findings: number): Promise<Cost> {
  const child = fileURLToPath(new URL('sarif-child.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', child, what, String(findings)]);
  return JSON.parse(stdout) as Cost; // what the child prints
}
