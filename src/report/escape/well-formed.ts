/** The text with U+FFFD for each half of a surrogate pair that stands alone: no encoding can hold one. */
export function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}
