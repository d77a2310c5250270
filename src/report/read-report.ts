import { complaintOf, parseJson } from '../model/parse-json.ts';
import type { Report } from '../model/report.ts';
import { reportSchemaVersion } from '../model/report.ts';
import { refuseOtherVersion } from '../model/schema-version.ts';
import { UsageError } from '../model/usage-error.ts';

/** Reads a saved report (format `json`). Throws a UsageError for what is no report, or one of a version that this program cannot read. */
export async function readReport(text: string, file: string): Promise<Report> {
  const document = parseJson(text, 'report', file);
  refuseOtherVersion(document, reportSchemaVersion, 'report', file);
  await refuseUnlikeReport(document, file);
  return document as Report; // the schema has just proved it
}

/** @throws UsageError with the first complaint where a document does not fit the published schema. */
export async function refuseUnlikeReport(document: unknown, file: string): Promise<void> {
  const { validate } = await import('../checks/validators/report.generated.ts');
  const errors = validate(document);
  if (errors.length > 0)
    throw new UsageError(`"${file}" is no report of aispm: ${complaintOf(errors)}`, {
      hint: 'write it again with aispm scan -f json=FILE',
    });
}
