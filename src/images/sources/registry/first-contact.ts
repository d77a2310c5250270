import { isPassing, RegistryError, unmadeContact } from './problem.ts';

export interface FirstContact {
  /** Before each request: its number. Throws once it is known that there is no contact to be had. */
  begin(): number;
  /** The registry answered, whatever it said. */
  made(): void;
  /** What to throw instead of what a request ended in. */
  failed(request: number, error: unknown): unknown;
}

/**
 * Whether a registry can be reached at all, which its first requests show. Where not even a connection comes about, a second try is
 * the last, for every image of the registry: a closed port does not open by patience. Once it has answered, everything may pass.
 */
export function watchFirstContact(advise: () => string | undefined): FirstContact {
  let begun = 0;
  let isMade = false;
  let begunAtFailure: number | undefined;
  let lost: RegistryError | undefined;
  return {
    begin() {
      if (lost !== undefined && !isMade) throw lost;
      return ++begun;
    },
    made() {
      isMade = true;
    },
    failed(request, error) {
      const why = error instanceof RegistryError ? unmadeContact(error.problem) : undefined;
      if (isMade || why === undefined) return error;
      // Requests that were under way together fail together: that is one try.
      const isSecond = begunAtFailure !== undefined && request > begunAtFailure;
      begunAtFailure ??= begun;
      if (!isSecond && isPassing(why)) return error;
      const advice = advise();
      lost = new RegistryError({ kind: 'no-contact', why, ...(advice !== undefined && { advice }) }, { cause: error });
      return lost;
    },
  };
}
