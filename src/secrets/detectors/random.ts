/** A repeatable source of numbers in [0, 1) from a text. For test keys and demos, never for anything that must be secret. */
export function seededRandom(seed: string): () => number {
  let state = 2166136261;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619);
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of them; `random` gives numbers in [0, 1). */
export function pick<T>(items: ArrayLike<T>, random: () => number): T {
  const index = Math.floor(random() * items.length);
  return items[index] as T; // in range, because random() < 1 and callers pass no empty list
}

export function pickMany(characters: string, count: number, random: () => number): string {
  let text = '';
  for (let n = 0; n < count; n++) text += pick(characters, random);
  return text;
}
