import type { InspectedSecret } from '../../model/secret-match.ts';
import { type FinderOptions, lazyFinder } from '../find.ts';
import { createInspect } from './inspect.ts';
import { maskSpans } from './mask-text.ts';

/** For text that stays in the facts (descriptions, instructions, tags): a key in it is masked in place and reported. */
export function createFreeText(
  options: FinderOptions,
): (text: string) => { readonly text: string; readonly secrets: readonly InspectedSecret[] } {
  const finder = options.finder ?? lazyFinder(options);
  const inspect = createInspect({ ...options, finder });
  return (text) => {
    const bytes = Buffer.from(text, 'utf8');
    const found = finder().find(bytes);
    if (found.length === 0) return { text, secrets: [] };
    return { text: maskSpans(bytes, found), secrets: inspect(text, {}).inspected.secrets };
  };
}
