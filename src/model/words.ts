/** `1 check`, `3 checks`, `1 entry`, `2 entries`. */
export function howMany(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** With a full stop where the text ends in no sign of its own. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
