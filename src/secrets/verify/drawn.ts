/**
 * How much likelier a text was drawn evenly from its alphabets than written by people, in bits: words, names and constants of programs
 * are far below zero, keys of twenty characters and more far above. `random`: the bits that a drawn text of its length has.
 */
export function drawnRather(text: string, random: number): number {
  let bits = 2; // one kind of four
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = kindOf(code);
    if (at > 0) bits += changes[kindOf(text.charCodeAt(at - 1))]?.[kind] as number; // a row and a column for each kind
    bits += costOf(code, kind);
  }
  return bits - random;
}

type Kind = 0 | 1 | 2 | 3;

/** Lower case, upper case, digits, signs. */
function kindOf(code: number): Kind {
  if (code >= 97 && code <= 122) return 0;
  if (code >= 65 && code <= 90) return 1;
  return code >= 48 && code <= 57 ? 2 : 3;
}

/** What follows what in names, words and constants: a row for the kind before, in hundredths. */
const shares = [
  [88, 5, 2, 5],
  [43, 50, 3, 4],
  [20, 10, 55, 15],
  [60, 20, 12, 8],
] as const;

const bitsOf = (share: number): number => -Math.log2(share);
const changes: readonly (readonly number[])[] = shares.map((row) => row.map((hundredths) => bitsOf(hundredths / 100)));

/** How often letters stand in English and in names of programs, a to z, in thousandths. */
const letters = [78, 18, 42, 42, 115, 24, 22, 30, 74, 4, 10, 44, 30, 70, 72, 28, 3, 70, 68, 88, 34, 12, 12, 6, 16, 5];
const letterCosts = letters.map((thousandths) => bitsOf(thousandths / 1000));
const digitCost = Math.log2(10);
const signCost = 2.5;

function costOf(code: number, kind: Kind): number {
  if (kind === 2) return digitCost;
  return kind === 3 ? signCost : (letterCosts[(code | 32) - 97] as number);
}
