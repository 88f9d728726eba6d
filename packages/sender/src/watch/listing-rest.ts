/** A directory that stays busy is listed again after this many times the duration of its last listing, */
const restFactor = 10;
/** but not sooner than this, in ms. */
const shortestRestMs = 20;

/** Directories whose last listing is remembered. */
const maxRemembered = 10_000;

/** Keeps a busy directory from being listed over and over. */
export interface ListingRest {
  /** Resolves when the directory may be listed again: at once when it was calm. */
  before(directory: string): Promise<void>;
  /** Runs a listing and remembers how long it took. */
  timed<T>(directory: string, listing: () => Promise<T>): Promise<T>;
}

export function createListingRest(): ListingRest {
  const untilMs = new Map<string, number>();

  return {
    async before(directory) {
      const waitMs = (untilMs.get(directory) ?? 0) - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
    },
    async timed(directory, listing) {
      const startedMs = performance.now();
      const listed = await listing();
      const endedMs = performance.now();
      untilMs.delete(directory);
      untilMs.set(directory, endedMs + Math.max(shortestRestMs, (endedMs - startedMs) * restFactor));
      const [oldest] = untilMs.keys();
      if (untilMs.size > maxRemembered && oldest !== undefined) untilMs.delete(oldest);
      return listed;
    },
  };
}
