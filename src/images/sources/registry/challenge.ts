/** One `WWW-Authenticate` challenge; names of parameters in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly params: { readonly [name: string]: string };
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+/;
const space = /^[\s,]*/;
const equals = /^\s*=\s*/;
const quoted = /^"((?:[^"\\]|\\.)*)"/;
/** A single word in the place of parameters, as of Negotiate. */
const token68 = /^[ \t]+[A-Za-z0-9\-._~+/]+=*(?=\s*(?:,|$))/;

/**
 * The challenges of a header, in order; several may stand in one line, and values hold commas and spaces inside their quotes.
 * What cannot be read ends the list. https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; params: { [name: string]: string } }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(header.slice(at));
    if (match !== null) at += match[0].length;
    return match;
  };
  for (;;) {
    take(space);
    const name = take(token)?.[0];
    if (name === undefined) return challenges;
    const current = challenges.at(-1);
    if (take(equals) === null) {
      challenges.push({ scheme: name.toLowerCase(), params: {} });
      take(token68);
      continue;
    }
    const value = take(quoted)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? take(token)?.[0];
    if (value === undefined || current === undefined) return challenges;
    current.params[name.toLowerCase()] = value;
  }
}
