import type { Json } from '../model/json.ts';
import type { Unknown } from '../model/verdict.ts';

/** What a predicate sees of one declared path. */
export type Answered =
  | { readonly kind: 'found'; readonly value: Json }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unread'; readonly because: readonly Unknown[] };

/** `silent`: what was read does not settle it, because the vendor left this path out. */
export type Reply = boolean | { readonly unread: readonly Unknown[] } | { readonly silent: string };

/**
 * For what YAML should not say: a pure three-valued function over declared facts of one asset. One file per predicate in
 * `src/checks/predicates/`, as the default export; a check says `ask: <file name>`.
 */
export interface Predicate {
  /** What holds where it says yes, for the evidence: `allows no action on every resource`. */
  readonly says: string;
  /** Fact paths, without `[]` or `{}`; the whole value below each is given. Inside `some` and `every` they are relative to the element. */
  readonly reads: readonly string[];
  /** `read` throws for a path that is not declared. An unread answer must become `unread` unless something else settles it. */
  readonly ask: (read: (path: string) => Answered) => Reply;
}
