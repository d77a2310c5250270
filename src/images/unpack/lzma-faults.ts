/** Of lzma_ret (lzma/base.h). */
export const lzmaReturn = { ok: 0, end: 1, memory: 5, unknown: 8, damaged: 9, noProgress: 10 };

/** One sentence for a number of lzma_ret. */
export function lzmaFault(format: string, answer: number): string {
  if (answer === lzmaReturn.memory) return `there is no memory for the window that ${format} asks for`;
  if (answer === lzmaReturn.unknown) return `${format} asks for a filter or a check that is not known`;
  return `the ${format} stream is damaged`;
}
