import type { KindSpec } from './detector.ts';
import { alphabetAtEnd, alternativesOf, escape, patternOf } from './shape.ts';

/**
 * A kind that is known by the name of its variable alone, as the irregular kind that it stands for: each name in any case,
 * with `_`, `-` or nothing between its words, then an assignment, then the value. Any other kind stays what it is.
 */
export function withNamedValue(spec: KindSpec): KindSpec {
  const { names, value } = spec;
  if (names === undefined || value === undefined) return spec;
  const readings = alternativesOf(value);
  const [name = ''] = names;
  const after = [...new Set(readings.flatMap((pieces) => alphabetAtEnd(pieces).split('')))].map(escape).join('');
  return {
    ...spec,
    pattern: `(?:${names.map(patternOfName).join('|')})${assignment}(?<key>${readings.map(patternOf).join('|')})(?![${after}])`,
    anchors: [...new Set(names.flatMap(spellings))],
    example: { before: `${name.toUpperCase()}=`, key: value },
  };
}

/** `NAME=`, `"name": "`, `name: `, `os.environ["NAME"] = "`, `setenv("NAME", "`, and the same inside a string. */
const assignment = '[\\\\"\'\\])]{0,4}[ \\t]{0,4}(?:=>|:=|[=:,])[ \\t]{0,4}[\\\\"\']{0,4}(?:Bearer )?';

/** A name that begins with a short word must not begin inside a longer one: `pai_api_key` is no part of `alpai_api_key`. */
function patternOfName(name: string): string {
  const words = name.split('_');
  const isShort = (words[0] as string).length <= longestPartOfWord;
  return `${isShort ? '(?<![A-Za-z])' : ''}${words.map(escape).join('[_-]?')}`;
}

const longestPartOfWord = 5;

const spellings = (name: string): readonly string[] => ['_', '-', ''].map((between) => name.replaceAll('_', between));
