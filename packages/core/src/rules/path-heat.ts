/** How much quiet a path needs before it is taken, learned from how often it is hinted. */
export interface PathHeat {
  /** A new burst of hints begins for this path: gives its quiet time in ms. */
  begin(key: string, nowMs: number): number;
  /** Another hint of the burst. */
  touch(key: string, nowMs: number): void;
  /** Doubles the quiet time of a path that was caught in the middle of a change; gives the new one in ms. */
  double(key: string, nowMs: number): number;
  /** How many paths are remembered. */
  readonly size: number;
}

interface Heat {
  quietMs: number;
  lastHintMs: number;
}

/** Paths remembered: those hinted last. A forgotten one is calm. */
const maxPaths = 4096;

/**
 * A path that is hinted again within `maxQuietMs` of its last hint, after it had already been taken, doubles its quiet time. After
 * longer pauses it halves once per `maxQuietMs`: waiting could not have merged those hints, so it would only have cost time.
 */
export function createPathHeat(baseQuietMs: number, maxQuietMs: number): PathHeat {
  const heats = new Map<string, Heat>();

  const remember = (key: string, quietMs: number, lastHintMs: number): number => {
    heats.delete(key);
    heats.set(key, { quietMs, lastHintMs });
    if (heats.size > maxPaths) {
      const [oldest] = heats.keys();
      if (oldest !== undefined) heats.delete(oldest);
    }
    return quietMs;
  };

  const current = (key: string, nowMs: number): number => {
    const heat = heats.get(key);
    if (heat === undefined) return baseQuietMs;
    const calmSpans = Math.floor(Math.max(0, nowMs - heat.lastHintMs) / maxQuietMs);
    return Math.max(baseQuietMs, heat.quietMs / 2 ** calmSpans);
  };

  return {
    begin: (key, nowMs) => {
      const heat = heats.get(key);
      const isAgain = heat !== undefined && nowMs - heat.lastHintMs < maxQuietMs;
      const quietMs = current(key, nowMs);
      return remember(key, isAgain ? Math.min(maxQuietMs, quietMs * 2) : quietMs, nowMs);
    },
    touch: (key, nowMs) => {
      const heat = heats.get(key);
      if (heat !== undefined) heat.lastHintMs = nowMs;
    },
    double: (key, nowMs) => remember(key, Math.min(maxQuietMs, current(key, nowMs) * 2), nowMs),
    get size() {
      return heats.size;
    },
  };
}
