import type { GapReason } from '../model/gap.ts';

/** What the pipe needs from outside, passed in so that a test can pass something else. */
export interface World {
  readonly env: { readonly [name: string]: string | undefined };
  readonly now: () => Date;
  /** In [0, 1): jitter only, never anything that reaches a report. */
  readonly random: () => number;
  /** Aborted on Ctrl-C or TERM. What was read until then is kept. */
  readonly signal: AbortSignal;
  readonly progress: (event: ProgressEvent) => void;
  readonly debug: (line: string) => void;
}

export type ProgressEvent =
  | { readonly kind: 'phase'; readonly phase: 'sign-in' | 'discover' | 'inspect' | 'evaluate' | 'report' }
  | {
      readonly kind: 'calls';
      readonly provider: string;
      readonly account: string;
      readonly region: string;
      readonly done: number;
      readonly refused: number;
      readonly throttled: number;
      readonly assets: number;
    }
  | { readonly kind: 'waiting'; readonly provider: string; readonly bucket: string; readonly region: string; readonly ms: number }
  | {
      readonly kind: 'images';
      readonly images: number;
      readonly layers: number;
      readonly done: number;
      readonly cached: number;
      /** Read so far, of what is to be read. */
      readonly bytes: number;
      readonly ofBytes: number;
    }
  | { readonly kind: 'gap'; readonly provider: string; readonly call: string; readonly region: string; readonly reason: GapReason };
