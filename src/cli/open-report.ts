import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { ReportStream } from '../report/reporter.ts';
import { loadReport } from './requests.ts';
import { unreadable } from './unreadable.ts';

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
    throw unreadable('the report', file, error);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return /^\{[^\n]*"kind":"report"/.test(buffer.toString('utf8', 0, bytesRead));
  } catch (error) {
    throw unreadable('the report', file, error as NodeJS.ErrnoException, 'name a file'); // the system's own
  } finally {
    await handle.close();
  }
}
