import type { Operation } from '../provider.ts';

/** A row of operations.json as the Azure transport reads it. */
export interface ArmOperation extends Operation {
  readonly armType?: string;
  readonly method?: string;
  /** `/subscriptions/{subscriptionId}/…`: filled from the target and the parameters. */
  readonly pathTemplate?: string;
  readonly apiVersion?: string;
  readonly query?: { readonly [name: string]: string };
  readonly scope?: string;
  readonly paging?: string;
  /** Where the items of a list are (`value[]`). */
  readonly itemsAt?: string;
  readonly armAction?: string;
  readonly armActionEvidence?: string;
}

/** The resource provider of an operation: `Microsoft.CognitiveServices/accounts:list` is of `Microsoft.CognitiveServices`. */
export function resourceProvider(operation: ArmOperation): string {
  return operation.id.split(/[/:]/)[0] ?? operation.id;
}
