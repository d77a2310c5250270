import type { Report } from '../model/report.ts';

type Head = Omit<Report, 'findings'>;
type ListOf<T> = { [K in keyof T]-?: T[K] extends readonly unknown[] ? K : never }[keyof T];

/**
 * Lists of the report (but for the plain texts of the selection) → kind of their rows, in the order of the rows: gaps come
 * last, right before the findings. Rows of gaps and findings are flat, the others hold their entry as `entry`.
 */
export const listsOfHead = {
  scopes: 'scope',
  checks: 'check',
  frameworks: 'framework',
  asked: 'asked',
  assets: 'asset',
  edges: 'edge',
  secrets: 'secret',
  limits: 'limit',
  notConfigured: 'not-configured',
  verdicts: 'verdict',
  ledger: 'ledger',
  warnings: 'warning',
  gaps: 'gap',
} as const satisfies { readonly [K in Exclude<ListOf<Head>, 'selection'>]: string };
