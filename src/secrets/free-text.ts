import type { InspectedSecret } from '../model/secret-match.ts';
import { createFinder, type Finder } from './find.ts';
import { createInspect, type InspectorOptions } from './inspect.ts';
import { maskSpans } from './mask-text.ts';
import { createRedactor } from './redact.ts';

/** For text that stays in the facts (descriptions, instructions, tags): a key in it is masked in place and reported. */
export function createFreeText(
  options: InspectorOptions,
): (text: string) => { readonly text: string; readonly secrets: readonly InspectedSecret[] } {
  const inspect = createInspect(options);
  let finder: Finder | undefined;
  return (text) => {
    finder ??= createFinder(options.detectors, createRedactor(options.digestKey));
    const bytes = Buffer.from(text, 'utf8');
    const found = finder.find(bytes);
    if (found.length === 0) return { text, secrets: [] };
    return { text: maskSpans(bytes, found), secrets: inspect(text, {}).inspected.secrets };
  };
}
