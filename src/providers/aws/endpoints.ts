import type { ConnectOptions } from '../provider.ts';
import type { Profile } from './profiles.ts';

/**
 * Where a service's calls go if not to AWS's own host: `--endpoint`, then `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`,
 * and the same two in the profile. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` switches AWS's own off.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function endpointOf(
  service: string,
  region: string,
  { env, endpoint }: Pick<ConnectOptions, 'env' | 'endpoint'>,
  profile: Profile | undefined,
): string | undefined {
  const chosen = endpoint(service, region);
  if (chosen !== undefined) return chosen.href;
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true' || profile?.ignoresEndpoints === true) return undefined;
  const name = service.replaceAll('-', '_');
  return (
    env[`AWS_ENDPOINT_URL_${name.toUpperCase()}`] ||
    env['AWS_ENDPOINT_URL'] ||
    profile?.serviceEndpoints[name] ||
    profile?.endpointUrl ||
    undefined
  );
}
