import { nearest } from '../model/nearest.ts';
import type { Condition } from './condition.ts';
import { listed } from './needs.ts';
import { joinPaths } from './path.ts';

export type Leaf = Condition & { readonly kind: 'leaf' };

export interface PlacedCondition {
  readonly condition: Condition;
  /** The list that the condition's paths are relative to. */
  readonly base: string;
  /** The asset type whose facts they are. */
  readonly asset: string | undefined;
}

/** The condition and everything inside it, each with the place that its paths start from. */
export function everyCondition(condition: Condition, base: string, asset: string | undefined): readonly PlacedCondition[] {
  const inside = ((): readonly PlacedCondition[] => {
    switch (condition.kind) {
      case 'all':
      case 'any':
        return condition.of.flatMap((one) => everyCondition(one, base, asset));
      case 'not':
      case 'surely':
        return everyCondition(condition.of, base, asset);
      case 'some':
      case 'every':
        return everyCondition(condition.of, joinPaths(base, listed(condition.path)), asset);
      case 'along':
        return everyCondition(condition.of, '', condition.to);
      case 'leaf':
      case 'meets':
      case 'inScope':
      case 'ask':
        return [];
    }
  })();
  return [{ condition, base, asset }, ...inside];
}

/** `there is no control "LLM11"; did you mean "LLM01"?` */
export function unknownWord(kind: string, word: string, known: readonly string[]): string {
  const close = nearest(word, known);
  return `there is no ${kind} "${word}"${close === undefined ? '' : `; did you mean "${close}"?`}`;
}
