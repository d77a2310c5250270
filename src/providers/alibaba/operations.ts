import type { OperationId } from '../../model/ids.ts';
import type { Operation } from '../provider.ts';

/** One entry of operations.json: how a call looks on the wire, how it pages, what it needs. */
export interface AlibabaOperation extends Operation {
  /** Product and API version (`eas-20210701`): the service id of endpoints and rate limits. */
  readonly service: string;
  readonly operation: string;
  readonly apiVersion: string;
  readonly style: 'RPC' | 'ROA' | 'OSS';
  readonly httpMethod: string;
  /** `/` for RPC; ROA paths hold `{Name}` parameters. */
  readonly path: string;
  readonly requestBodyType: string;
  readonly responseBodyType?: string;
  readonly parametersIn: 'query' | 'body' | 'query+body';
  readonly requestParameters?: readonly string[];
  readonly pagination: Pagination;
  /** Where the result list stands in the answer (`Instances.Instance[]`), if there is one. */
  readonly listPath?: string;
  /** OSS: the element around the answer, where the model leaves it out, and the paths that are truth values. */
  readonly xmlRoot?: string;
  readonly xmlBooleans?: readonly string[];
  readonly ramAction?: string | null;
  readonly ramActionEvidence?: string;
}

export interface Pagination {
  readonly family: 'none' | 'page' | 'token' | 'page-or-token' | 'marker';
  /** Names of the request's paging parameters; their spelling differs from product to product. */
  readonly parameters: readonly string[];
  readonly totalPath?: string;
  readonly tokenPath?: string;
}

/** Reads the catalogue of calls. Nothing outside of it can be sent. */
export async function loadOperations(): Promise<ReadonlyMap<OperationId, AlibabaOperation>> {
  const { default: entries } = await import('./operations.json', { with: { type: 'json' } });
  // The file is our own data; the conformance suite proves its members.
  const operations = entries as unknown as readonly AlibabaOperation[];
  return new Map(operations.map((operation) => [operation.id, operation]));
}

/** Where an answer says which page it is: in the envelope that also holds the total (`PageInfo`, `data`), if there is one. */
export function besideTotal({ pagination }: AlibabaOperation, name: string): string {
  const total = pagination.totalPath ?? '';
  return `${total.slice(0, total.lastIndexOf('.') + 1)}${name}`;
}
