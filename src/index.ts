/** What a library user may import: the vocabulary, and the parts of the pipe that are functions of values. */
export type { Asset, Edge, Facts, HiddenEdge, Unread, Why } from './model/asset.ts';
export type { Check, Controls, Fix, FixStep, Framework } from './model/check.ts';
export type { Gap, GapReason, Limit, LimitReason } from './model/gap.ts';
export type { Asked, Inventory } from './model/inventory.ts';
export type { FailOn, Finding, Gate, LedgerRow, Report } from './model/report.ts';
export type { Scope } from './model/scope.ts';
export type { SecretMatch } from './model/secret-match.ts';
export type { Severity } from './model/severity.ts';
export { UsageError } from './model/usage-error.ts';
export type { Evidence, Judgement, Unknown, Verdict } from './model/verdict.ts';
export { readReport } from './report/read-report.ts';
export type { Chunk, RenderOptions, Reporter, ReportStream } from './report/reporter.ts';
export { reporters } from './report/reporters.generated.ts';
export { type Catalogue, chooseChecks, loadCatalogue } from './scan/catalogue/catalogue.ts';
export { judge, type JudgeRequest } from './scan/judge/judging.ts';
export { mergeInventories } from './scan/merge.ts';
export { readInventory } from './scan/read-inventory.ts';
export { readWaivers, type Waivers } from './scan/judge/read-waivers.ts';
