/**
 * How long to wait for the next beat, in ms. Beats are the same for all who look around as often: a process that idles wakes once for all
 * of them. Between half and one and a half of `everyMs`, since a timer that came a moment early is not to come twice.
 */
export function untilBeat(nowMs: number, everyMs: number): number {
  const leftMs = everyMs - (nowMs % everyMs);
  return leftMs < everyMs / 2 ? leftMs + everyMs : leftMs;
}
