import type { ProviderName, ScopeId } from './ids.ts';

/** One account × region that was read, or one repository of images. `collectedAt` (ISO 8601, UTC) is the only clock of a report. */
export interface Scope {
  readonly id: ScopeId;
  readonly provider: ProviderName | 'image';
  /** AWS account id, Azure subscription id, Alibaba Cloud account id, `<host>/<repository>`. */
  readonly account: string;
  /** The vendor's region name, `global`, or the site of a product that is not regional (`mainland`, `international`). */
  readonly region: string;
  readonly collectedAt: string;
}
