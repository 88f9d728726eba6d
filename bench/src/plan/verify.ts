import { differenceOf, digestTree } from '../measure/tree-digest.js';
import { pause } from '../measure/visible.js';
import type { Stage } from './stage.js';

/** Trees may still settle (a last deletion, a rename), so they are compared until they are equal or the time for that is over. */
export async function verify(stage: Stage): Promise<string | null> {
  const end = performance.now() + stage.scale.settleMs;
  for (;;) {
    const [source, ...targets] = stage.roots.map((root) => digestTree(root));
    const differences = targets.map((target) => differenceOf(source ?? new Map<string, string>(), target));
    const difference = differences.find((text) => text !== null) ?? null;
    if (difference === null || performance.now() > end) return difference;
    await pause(250);
  }
}
