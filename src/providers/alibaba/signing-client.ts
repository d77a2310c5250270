import type { OpenApiRequest, Params } from '@alicloud/openapi-client';
import type { KeySource } from './session.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

/** A call with its parameters in their places: what the vendor's client signs. */
export interface PlacedCall {
  readonly action: string;
  readonly version: string;
  readonly style: string;
  readonly method: string;
  /** Percent-encoded as RFC 3986 says; with an endpoint override it begins with the override's own path. */
  readonly pathname: string;
  readonly query: { readonly [name: string]: string };
  readonly form?: { readonly [name: string]: string };
}

export interface Destination {
  readonly origin: URL;
  readonly keys: KeySource;
  readonly send: (request: WireRequest) => Promise<WireAnswer>;
}

export type CallSigned = (call: PlacedCall, destination: Destination) => Promise<WireAnswer>;

/**
 * Opens the vendor's generic client (`callApi`, ACS3-HMAC-SHA256) with one method replaced: the one that sends.
 * The client's own sending takes no agent, so that no proxy can be given to it, ends no slow answer, and turns every
 * answer that is no JSON into an error without a status. See docs/decisions on how Alibaba Cloud is called.
 */
export async function openSigningClient(): Promise<CallSigned> {
  const [openapi, signing] = await Promise.all([import('@alicloud/openapi-client'), import('@alicloud/openapi-util')]);
  const sign = unwrapped(signing.default);

  class SigningClient extends unwrapped(openapi.default) {
    readonly send: Destination['send'];
    readonly origin: URL;
    readonly keys: KeySource;

    constructor({ origin, keys, send }: Destination) {
      super(new openapi.Config({ endpoint: origin.host }));
      this.origin = origin;
      this.keys = keys;
      this.send = send;
    }

    // What the vendor's own method does up to the point where it sends: same headers, same order of signing.
    override async doRequest(params: Params, request: OpenApiRequest): Promise<{ [answer: string]: WireAnswer }> {
      const algorithm = 'ACS3-HMAC-SHA256';
      const body = request.body === undefined ? undefined : sign.toForm(request.body);
      const hash = sign.hexEncode(sign.hash(Buffer.from(body ?? ''), algorithm));
      const { accessKeyId, accessKeySecret, securityToken } = await this.keys();
      const headers: { [name: string]: string } = {
        host: this.origin.host,
        accept: 'application/json',
        'user-agent': 'aispm',
        'x-acs-action': params.action,
        'x-acs-version': params.version,
        'x-acs-date': sign.getTimestamp(),
        'x-acs-signature-nonce': crypto.randomUUID().replaceAll('-', ''),
        'x-acs-content-sha256': hash,
        ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        'x-acs-credentials-provider': securityToken === undefined ? 'static_ak' : 'static_sts',
        ...(securityToken !== undefined && { 'x-acs-accesskey-id': accessKeyId, 'x-acs-security-token': securityToken }),
      };
      const { method, pathname } = params;
      const query = request.query ?? {};
      const signed = { method, pathname, query, headers };
      // The signer reads these four members of the client's request class and no other.
      const authorization = sign.getAuthorization(
        signed as unknown as Parameters<typeof sign.getAuthorization>[0],
        algorithm,
        hash,
        accessKeyId,
        accessKeySecret,
      );
      const answer = await this.send({
        method,
        url: new URL(`${this.origin.origin}${pathname}${queryString(query)}`),
        headers: { ...headers, authorization },
        ...(body !== undefined && { body }),
      });
      return { answer };
    }
  }

  return async (call, destination) => {
    const { query, form, ...rest } = call;
    const params = new openapi.Params({
      ...rest,
      protocol: destination.origin.protocol,
      authType: 'AK',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const request = new openapi.OpenApiRequest({ query, ...(form !== undefined && { body: form }) });
    // The third argument holds timeouts of the sending that is replaced.
    const { answer } = await new SigningClient(destination).callApi(params, request, {} as never);
    return answer as WireAnswer;
  };
}

/** What Node gives for a CommonJS default is the whole module; tsx gives the default itself. */
function unwrapped<T extends object>(exported: { readonly default: T } | T): T {
  return 'default' in exported ? exported.default : exported;
}

function queryString(query: { readonly [name: string]: string }): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** RFC 3986: also `! ' ( ) *`, which `encodeURIComponent` leaves and the signature does not. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
