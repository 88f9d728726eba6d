/** How much quiet a path needs before it is taken, learned from how often it is hinted. */
export interface PathHeat {
  /** A new burst of hints begins for this path: gives its quiet time in ms. */
  begin(key: string, nowMs: number): number;
  /** Another hint of the burst. */
  touch(key: string, nowMs: number): void;
  /** The quiet time of a path now, in ms. */
  quiet(key: string, nowMs: number): number;
  /** How long to leave a path alone that was caught in the middle of a change, in ms: a quarter of the time for which it has been changing. */
  pause(key: string, nowMs: number): number;
  /** How many paths are remembered. */
  readonly size: number;
}

interface Heat {
  quietMs: number;
  /** When the burst of hints began. */
  sinceMs: number;
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

  const remember = (key: string, heat: Heat): void => {
    heats.delete(key);
    heats.set(key, heat);
    if (heats.size > maxPaths) {
      const [oldest] = heats.keys();
      if (oldest !== undefined) heats.delete(oldest);
    }
  };

  const current = (heat: Heat | undefined, nowMs: number): number => {
    if (heat === undefined) return baseQuietMs;
    const calmSpans = Math.floor(Math.max(0, nowMs - heat.lastHintMs) / maxQuietMs);
    return Math.max(baseQuietMs, heat.quietMs / 2 ** calmSpans);
  };

  return {
    begin: (key, nowMs) => {
      const heat = heats.get(key);
      const calm = current(heat, nowMs);
      const isAgain = heat !== undefined && nowMs - heat.lastHintMs < maxQuietMs;
      const quietMs = isAgain ? Math.min(maxQuietMs, calm * 2) : calm;
      remember(key, { quietMs, sinceMs: isAgain ? heat.sinceMs : nowMs, lastHintMs: nowMs });
      return quietMs;
    },
    touch: (key, nowMs) => {
      const heat = heats.get(key);
      if (heat !== undefined) heat.lastHintMs = nowMs;
    },
    quiet: (key, nowMs) => current(heats.get(key), nowMs),
    pause: (key, nowMs) => {
      const heat = heats.get(key) ?? { quietMs: baseQuietMs, sinceMs: nowMs, lastHintMs: nowMs };
      remember(key, { ...heat, lastHintMs: nowMs });
      return Math.min(maxQuietMs, Math.max(baseQuietMs, Math.ceil((nowMs - heat.sinceMs) / 4)));
    },
    get size() {
      return heats.size;
    },
  };
}
