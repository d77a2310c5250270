import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { ArmError } from './arm-error.ts';

/**
 * The last policy before the wire: a request to another origin than the one that was signed in to is never sent, whoever asks for it.
 * The vendor's pagers follow any https `nextLink`, with the bearer token.
 */
export function originGuard(origin: string): PipelinePolicy {
  return {
    name: 'originGuard',
    sendRequest: (request, next) => {
      demandOrigin(new URL(request.url), origin);
      return next(request);
    },
  };
}

/** The link to the next page as an address, if it leads to where the first page came from. */
export function nextPage(link: string, origin: string): URL {
  if (!URL.canParse(link)) throw new ArmError({ kind: 'malformed', what: 'a nextLink that is no address' });
  const url = new URL(link);
  demandOrigin(url, origin);
  return url;
}

function demandOrigin(url: URL, origin: string): void {
  if (url.origin === origin && url.username === '' && url.password === '') return;
  throw new ArmError({
    kind: 'malformed',
    what: `a next page at another place (${url.host}), which is not followed`,
  });
}
