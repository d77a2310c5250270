/** The host of a service does not exist, while other hosts of AWS do: the service is not in this region. */
export class NoSuchHost extends Error {
  override readonly name = 'NoSuchHost';
}

/** What can be read from anything that the SDK throws. */
export interface Thrown {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
}

/** Nothing of it is believed to be there. */
export function readThrown(error: unknown): Thrown {
  const { name, code, message, $metadata, $response } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly [member: string]: unknown;
  };
  const metadata = $metadata as { readonly httpStatusCode?: number } | undefined;
  const response = $response as { readonly statusCode?: number; readonly headers?: { readonly [name: string]: string } };
  const seconds = Number(response?.headers?.['retry-after']);
  return {
    name: typeof name === 'string' ? name : 'an unknown error',
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? message : '',
    status: metadata?.httpStatusCode ?? response?.statusCode,
    retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
  };
}
