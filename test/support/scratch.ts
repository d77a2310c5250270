import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Every temporary folder of every test lies in one folder of the run, which goes when the run ends. */
export default function scratch(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'aispm-tests-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
