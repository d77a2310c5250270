import { type EndpointOverrides, parseEndpoints } from '../http/endpoints.ts';
import { providers } from '../providers/providers.generated.ts';

/** Registries can be sent elsewhere, too: `registry[.HOST]=URL`. */
export async function endpointsOf(texts: readonly string[]): Promise<EndpointOverrides> {
  return parseEndpoints(texts, { providers: [...Object.keys(providers), 'registry'] });
}
