/** The largest window that is unpacked, as by the command line tool: `zstd --long=27`, `--ultra -22`. */
export const largestWindow = 2 ** 27;

export const cutFault = 'the zstd stream ends within a frame';

/** One sentence for a number of zstd_errors.h: the same by whichever decoder met it. */
export function zstdFault(error: number): string {
  return sentences.get(error) ?? 'the zstd stream is damaged';
}

const sentences: ReadonlyMap<number, string> = new Map([
  [10, 'bytes that are no zstd frame stand where one should begin'],
  [16, `a zstd frame asks for a window of more than ${largestWindow >> 20} MiB`],
  [22, 'the checksum of a zstd frame is wrong'],
  [32, 'a zstd frame needs a dictionary that is not there'],
  [64, 'there is no memory for the window that a zstd frame asks for'],
]);
