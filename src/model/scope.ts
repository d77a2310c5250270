import type { ProviderName, ScopeId } from './ids.ts';

/** One account × region that was read. `collectedAt` (ISO 8601, UTC) is the only clock of a report. */
export interface Scope {
  readonly id: ScopeId;
  readonly provider: ProviderName;
  /** AWS account id, Azure subscription id, Alibaba Cloud account id. */
  readonly account: string;
  /** The vendor's region name, or `global`. */
  readonly region: string;
  readonly collectedAt: string;
}
