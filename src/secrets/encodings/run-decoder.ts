/** Decodes a run of something as it comes. */
export interface RunDecoder {
  /**
   * Reads bytes from `at` on, up to `limit`; bytes behind it are looked at to tell whether the run goes on. Returns what was decoded, and
   * where it stopped: at `limit` or a little behind, or before it where the run is over.
   */
  read(bytes: Uint8Array, at: number, limit: number): { readonly decoded: Uint8Array; readonly next: number; readonly isOver: boolean };
}
