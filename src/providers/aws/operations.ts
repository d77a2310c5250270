import type { OperationId } from '../../model/ids.ts';
import type { Operation } from '../provider.ts';

/** An entry of operations.json: the members that this transport knows beside the common ones. */
export interface AwsOperation extends Operation {
  readonly service: {
    /** `bedrock-agent`: the name in `--endpoint aws.bedrock-agent=…` and, in capitals, in `AWS_ENDPOINT_URL_BEDROCK_AGENT`. */
    readonly id: string;
    readonly endpointPrefix: string;
    readonly signingName: string;
    readonly package: string;
  };
  readonly operation: string;
  /** Class of the command in the service's package. */
  readonly command: string;
  readonly protocol: 'json' | 'rest-json' | 'query' | 'ec2' | 'rest-xml';
  /** `X-Amz-Target` of the JSON protocols. */
  readonly target?: string;
  readonly httpMethod: string;
  readonly path: string;
  /** IAM action; absent where none is required. */
  readonly permission?: string;
  readonly permissionEvidence: string;
  readonly scope: string;
  readonly pagination?: {
    readonly inputToken: string;
    readonly outputToken: string;
    readonly resultKey: string | readonly string[];
    readonly moreResults?: string;
  };
  readonly requiredParameters?: readonly string[];
}

/** All operations of operations.json by id. The file is read on first use. */
export async function loadOperations(): Promise<ReadonlyMap<OperationId, AwsOperation>> {
  const { default: operations } = await import('./operations.json', { with: { type: 'json' } });
  // The file is data of this repository; the conformance suite proves its shape.
  return new Map((operations as unknown as readonly AwsOperation[]).map((operation) => [operation.id, operation]));
}

/** The operations of this file are AWS's: whoever holds one got it from `loadOperations`. */
export const asAwsOperation = (operation: Operation): AwsOperation => operation as AwsOperation;
