import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { ReportStream } from '../report/reporter.ts';
import { loadReport } from './requests.ts';
import { UsageError } from '../model/usage-error.ts';

/**
 * Opens a saved report, `json` or `ndjson` by what its first line says. Each call opens it anew: the findings of an
 * ndjson report are read as they are asked for, so that any number of them fits.
 */
export async function openReport(file: string): Promise<ReportStream> {
  if (!(await isNdjson(file))) {
    const { findings, ...head } = await loadReport(file);
    return { head, findings };
  }
  const { readNdjson } = await import('../report/read-ndjson.ts');
  return readNdjson(createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY }), file);
}

/** An ndjson report begins with a row of kind `report`; a JSON report with a brace and a line break. */
async function isNdjson(file: string): Promise<boolean> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `cannot read the report "${file}": ${error.code === 'ENOENT' ? 'there is no such file' : (error.code ?? error.message)}`,
      { hint: 'check the path' },
    );
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return /^\{[^\n]*"kind":"report"/.test(buffer.toString('utf8', 0, bytesRead));
  } catch (error) {
    throw new UsageError(
      `cannot read the report "${file}": ${(error as NodeJS.ErrnoException).code === 'EISDIR' ? 'it is a folder' : String(error)}`,
      { hint: 'name a file' },
    );
  } finally {
    await handle.close();
  }
}
