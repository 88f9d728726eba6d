import type { Work } from '../ports/work.js';

/** Every permission bit: files keep the mode of their origin. */
export const allModes = 0o777;

/**
 * The same jobs, but no file is given a permission bit outside the mask. Entries keep the mode of the origin, so that servers with
 * different masks do not take each other's files for changed.
 */
export function maskModes(work: Work, modeMask: number): Work {
  if (modeMask === allModes) return work;
  return {
    ...work,
    commit: (plans) =>
      work.commit(plans.map((plan) => ('mode' in plan ? { ...plan, mode: plan.mode & modeMask } : plan))),
  };
}
