import type { RegistryProblem } from './problem.ts';

/** How much time a registry is worth. */
export interface Patience {
  /** How often one request is tried. */
  attempts(): number;
  /** A request was given up after all of its tries. */
  gaveUp(problem: RegistryProblem): void;
  /** A request was answered whole. */
  answered(): void;
}

/** So many in a row are no accident. */
const enough = 3;

/**
 * Slowness is the one trouble that costs minutes a time: a registry that has used up all tries of several requests by it, and answered
 * none in between, has one try for each of the others. Whatever it answers restores it. Refusals, outages and limits cost little.
 */
export function createPatience(attempts: number): Patience {
  let slowInARow = 0;
  return {
    attempts: () => (slowInARow >= enough ? 1 : attempts),
    gaveUp(problem) {
      if (problem.kind === 'too-slow') slowInARow += 1;
    },
    answered() {
      slowInARow = 0;
    },
  };
}
