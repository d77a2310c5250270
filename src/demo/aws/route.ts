import type { Json, JsonObject } from '../../model/json.ts';
import type { AwsOperation } from '../../providers/aws/operations.ts';
import type { LoopbackRequest } from '../loopback.ts';

/** Which operation a request is, and with what parameters, as the three protocols say it. */
export function understand(
  request: LoopbackRequest,
  signingName: string,
  operations: readonly AwsOperation[],
): { readonly operation: AwsOperation; readonly params: JsonObject } | undefined {
  const ofService = operations.filter(({ service }) => service.signingName === signingName);
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const operation = ofService.find((candidate) => candidate.target === target);
    return operation && { operation, params: bodyOf(request) };
  }
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) {
    const { Action, Version: _, ...params } = formOf(request);
    const operation = ofService.find((candidate) => candidate.protocol === 'query' && candidate.operation === Action);
    return operation && { operation, params };
  }
  return understandPath(request, ofService);
}

function understandPath(
  request: LoopbackRequest,
  operations: readonly AwsOperation[],
): { readonly operation: AwsOperation; readonly params: JsonObject } | undefined {
  for (const operation of operations) {
    if (operation.protocol !== 'rest-json' || operation.httpMethod !== request.method) continue;
    const labels = labelsOf(operation.path, request.url.pathname);
    if (labels === undefined) continue;
    const query = Object.fromEntries(request.url.searchParams);
    return { operation, params: { ...query, ...bodyOf(request), ...labels } };
  }
  return undefined;
}

/** `/agents/{agentId}/` against `/agents/A1/`. A slash at the end makes no difference, as with the services themselves. */
function labelsOf(template: string, path: string): JsonObject | undefined {
  const wanted = template.split('?')[0]!.replace(/\/$/, '').split('/');
  const found = path.replace(/\/$/, '').split('/');
  if (wanted.length !== found.length) return undefined;
  const labels: { [name: string]: Json } = {};
  for (const [at, part] of wanted.entries()) {
    const label = /^\{(\w+)\+?\}$/.exec(part)?.[1];
    if (label !== undefined) labels[label] = decodeURIComponent(found[at]!);
    else if (part !== found[at]) return undefined;
  }
  return labels;
}

function bodyOf({ body }: LoopbackRequest): JsonObject {
  return body.length === 0 ? {} : (JSON.parse(body.toString()) as JsonObject);
}

function formOf({ body }: LoopbackRequest): { readonly [name: string]: string } {
  return Object.fromEntries(new URLSearchParams(body.toString()));
}
