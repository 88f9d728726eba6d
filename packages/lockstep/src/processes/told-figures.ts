import type { HostAnswer, HostReceived } from '@lockstep/core';

/** What the process that sends told last. */
export interface ToldFigures {
  readonly pid: number;
  readonly sender: Readonly<Record<string, unknown>>;
  readonly processes: Readonly<Record<string, HostReceived>>;
  readonly heardMs: number;
}

/** The first telling of a connection says everything (`known` is null then), the others what changed. */
export function joinFigures(
  { sender, processes }: Extract<HostAnswer, { kind: 'figures' }>,
  known: ToldFigures | null,
  { pid, nowMs }: { readonly pid: number; readonly nowMs: number },
): ToldFigures {
  return {
    pid,
    sender: { ...known?.sender, ...sender },
    processes: processes ?? known?.processes ?? {},
    heardMs: nowMs,
  };
}
