/**
 * An anchored pattern: `*` stands for any characters, `?` for one; everything else, case included, for itself.
 * The returned function needs time in proportion to text × pattern at worst, whatever the pattern is.
 */
export function globMatcher(pattern: string): (text: string) => boolean {
  return (text) => {
    let at = 0;
    let step = 0;
    let star = -1;
    let mark = 0;
    while (at < text.length) {
      if (step < pattern.length && pattern[step] === '*') {
        star = step++;
        mark = at;
      } else if (step < pattern.length && (pattern[step] === '?' || pattern[step] === text[at])) {
        step++;
        at++;
      } else if (star >= 0) {
        step = star + 1;
        at = ++mark;
      } else return false;
    }
    while (pattern[step] === '*') step++;
    return step === pattern.length;
  };
}

/** True for a pattern that every text matches. */
export function matchesEverything(pattern: string): boolean {
  return /^[*?]*$/.test(pattern);
}
