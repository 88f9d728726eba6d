import type { ActivityRow } from '@lockstep/core';
import type { SenderStatusView } from '../sender-view.js';
import type { LatencyStatus } from '../status.js';

/** How many of the last values are kept for the chart. */
const shown = 60;

/** Latency from the sender, or, where it gives none, from the history that all processes of a host share. */
export function latencyStatus(
  latency: SenderStatusView['latency'],
  activity: readonly ActivityRow[],
): LatencyStatus {
  const recent = latency?.recent ?? latenciesOf(activity);
  return {
    p50Ms: latency?.p50 ?? percentile(recent, 0.5),
    p95Ms: latency?.p95 ?? percentile(recent, 0.95),
    recentMs: recent.slice(-shown),
  };
}

/** The smallest value that at least this fraction of the values does not exceed; null without values. */
export function percentile(values: readonly number[], fraction: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(sorted.length * fraction) - 1, 0)] ?? null;
}

/** Oldest first, from rows that come newest first. */
function latenciesOf(activity: readonly ActivityRow[]): number[] {
  return activity
    .filter((row) => row.kind === 'sent' || row.kind === 'deleted-there' || row.kind === 'moved')
    .flatMap((row) => (row.ms === null ? [] : [row.ms]))
    .reverse();
}
