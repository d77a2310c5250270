import type { InspectedSecret } from '../../model/secret-match.ts';
import { type FinderOptions, lazyFinder } from '../find.ts';
import { createInspect } from './inspect.ts';
import { keysAt, maskSpans } from './mask-text.ts';

/** For text that stays in the facts (descriptions, instructions, tags): a key in it is masked in place and reported; a text that holds one packed (in gzip, in a list of bytes) is masked whole. */
export function createFreeText(
  options: FinderOptions,
): (text: string) => { readonly text: string; readonly secrets: readonly InspectedSecret[] } {
  const finder = options.finder ?? lazyFinder(options);
  const inspect = createInspect({ ...options, finder });
  return (text) => {
    const { secrets } = inspect(text, {}).inspected;
    if (secrets.length === 0) return { text, secrets };
    const bytes = Buffer.from(text, 'utf8');
    const found = keysAt(finder(), text, bytes);
    const digests = new Set(found.map(({ digest }) => digest));
    // What stands in something packed has no place of its own in the text.
    const isSeen = secrets.every(({ digest }) => digests.has(digest));
    return { text: isSeen ? maskSpans(bytes, found) : '****', secrets };
  };
}
