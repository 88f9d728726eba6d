/** A file that is missing alone is looked at again this long after its first look, in ms. */
export const shortLookMs = 80;

/** A second look that comes later than this after it was due proves nothing: the machine is too busy to trust what it did not see. */
export const latestShortLookMs = 25;

/** A group is complete when nothing joined it for this long, in ms; */
const restMs = 100;

/** and waits for stragglers at most this much longer than its full wait, in ms. */
const longestExtraMs = 200;

/** Files of one folder that went missing together, and wait for their second look. */
export interface MissingGroup {
  readonly files: number;
  /** When the first and the last of them was found missing. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** The full wait, in ms. */
  readonly waitMs: number;
  /**
   * True while it was hinted once, after a rest of the length of the full wait, and nothing else was hinted in its directory
   * within it: what editors leave beside a file that they are saving (backups, temporary files, the `4913` of vim) is hinted there.
   */
  readonly alone: boolean;
  /** How often the short look was put off, because it would have come too late to prove anything. */
  readonly putOff: number;
}

/**
 * When the second look at a group is due. A single file that vanishes while nothing else moves beside it is a person's deletion most
 * likely; all else may be an editor, a checkout or the beginning of an `rm -r`, and waits its full time. See decision 15.
 */
export function secondLookDueMs(group: MissingGroup): number {
  const { firstMs, lastMs, waitMs } = group;
  const restedMs = Math.max(firstMs + waitMs, lastMs + restMs);
  const fullMs = Math.min(restedMs, firstMs + waitMs + longestExtraMs);
  if (!group.alone || group.files > 1) return fullMs;
  return Math.min(fullMs, lastMs + shortLookMs * (group.putOff + 1));
}
