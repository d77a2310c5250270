import type { Report } from '../../src/model/report.ts';
import type { RenderOptions, Reporter } from '../../src/report/reporter.ts';

export const plainOptions: RenderOptions = {
  includePass: false,
  includeWaived: false,
  sarifFull: false,
  evidenceDir: 'aispm-evidence',
  color: false,
  hyperlinks: false,
};

/** What a reporter writes, by path. */
export async function rendered(
  reporter: Reporter,
  { findings, ...head }: Report,
  options: Partial<RenderOptions> = {},
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for await (const { path, chunk } of reporter.render({ head, findings }, { ...plainOptions, ...options }))
    files.set(path, (files.get(path) ?? '') + chunk);
  return files;
}
