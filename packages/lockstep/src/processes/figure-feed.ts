import { steadyClock, type Clock, type HostReceived } from '@lockstep/core';

/** At least this long between two tellings after a change, in ms; and at most this long without one: a sign of life. */
const shortestMs = 250;
const longestMs = 1_000;

type Figures = Readonly<{
  sender: Readonly<Record<string, unknown>>;
  processes: Readonly<Record<string, HostReceived>>;
}>;

/** How a feed is driven. */
export interface FigureFeedOptions {
  readonly clock: Clock;
  readonly figures: () => Figures;
  /** Nothing is read while nobody listens. */
  readonly isHeard: () => boolean;
  readonly tell: (line: string) => void;
}

/** Tells the other processes the figures: each part of them only when it changed. */
export interface FigureFeed {
  /** Something changed. */
  changed(): void;
  /** The line for one who knows nothing yet; what is told from then on continues it. */
  everything(): string;
  close(): void;
}

export function createFigureFeed({ clock, figures, isHeard, tell }: FigureFeedOptions): FigureFeed {
  const steady = steadyClock(clock);
  const sender = new Map<string, string>();
  let processes = '{}';
  let toldMs = steady.now();
  let plannedMs = Number.POSITIVE_INFINITY;
  let cancel: () => void = () => undefined;
  let closed = false;
  plan(longestMs);

  return {
    changed: () => plan(Math.max(0, toldMs + shortestMs - steady.now())),
    everything() {
      push();
      return lineOf(sender, processes);
    },
    close() {
      closed = true;
      cancel();
    },
  };

  function plan(inMs: number): void {
    const atMs = steady.now() + inMs;
    if (closed || atMs >= plannedMs) return;
    cancel();
    plannedMs = atMs;
    cancel = clock.after(inMs, () => {
      if (isHeard()) push();
      plannedMs = Number.POSITIVE_INFINITY;
      plan(longestMs);
    });
  }

  function push(): void {
    toldMs = steady.now();
    const now = figures();
    const before = processes;
    processes = JSON.stringify(now.processes);
    tell(lineOf(update(sender, now.sender), processes === before ? null : processes));
  }
}

/** Takes the parts over; gives those that changed. */
function update(told: Map<string, string>, now: Readonly<Record<string, unknown>>): Map<string, string> {
  const changed = new Map<string, string>();
  for (const [key, value] of Object.entries(now)) {
    const json = JSON.stringify(value ?? null);
    if (told.get(key) !== json) changed.set(key, json);
  }
  for (const [key, json] of changed) told.set(key, json);
  return changed;
}

function lineOf(sender: ReadonlyMap<string, string>, processes: string | null): string {
  const counts = processes === null ? '' : `,"processes":${processes}`;
  return `{"kind":"figures","sender":${objectOf(sender)}${counts}}\n`;
}

function objectOf(parts: ReadonlyMap<string, string>): string {
  return `{${[...parts].map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}
