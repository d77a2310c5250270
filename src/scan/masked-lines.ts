/**
 * Hands on lines in their order with the keys in them masked: names of tags, repositories and resources may hold some. The detectors
 * are loaded at the first line.
 */
export function maskedLines(write: (line: string) => void): (line: string) => void {
  let last: Promise<void> = Promise.resolve();
  let mask: Promise<(line: string) => string> | undefined;
  const writeAfter = async (before: Promise<void>, ready: Promise<(line: string) => string>, line: string): Promise<void> => {
    await before;
    write((await ready)(line));
  };
  return (line) => {
    mask ??= loadMask();
    last = writeAfter(last, mask, line);
  };
}

async function loadMask(): Promise<(line: string) => string> {
  const { loadDetectorSet } = await import('../secrets/detectors/detectors.ts');
  const { lazyFinder } = await import('../secrets/find.ts');
  const { maskText } = await import('../secrets/documents/mask-text.ts');
  const finder = lazyFinder({ set: await loadDetectorSet() })();
  return (line) => maskText(finder, line);
}
