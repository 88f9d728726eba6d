import type { Staged, StageFailure } from '../ports/work.js';

/** True when staging succeeded. */
export function isStaged(result: Staged | StageFailure): result is Staged {
  return !('failed' in result);
}
