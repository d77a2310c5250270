import type { ModelWarning } from '../models/model-warnings.ts';

/** What walking over the opcodes of pickles showed. */
export interface PickleWalk {
  /** A STOP was reached, or something was imported: it was a pickle and not just any bytes. */
  readonly isPickle: boolean;
  /** The last pickle was walked to its STOP. */
  readonly hasEnded: boolean;
  /** The several pickles in a row of a PyTorch file older than 1.6. */
  readonly isTorchLegacy: boolean;
  /** `module.name` of everything that is imported, in order, once each. */
  readonly globals: readonly string[];
  /** What loading it would do. */
  readonly warnings: readonly ModelWarning[];
}
