import type { HostReceived } from '@lockstep/core';

/** What every process of this host received and counted, so that any of them can tell the sum. */
export interface HostBook {
  /** What a process that lives says of itself. */
  write(process: string, received: HostReceived): void;
  /** It ended: its counts stay. */
  end(process: string): void;
  /** What the process that sent before this one knew; who lives still will write anew. */
  adopt(processes: Readonly<Record<string, HostReceived>>): void;
  /** By the id of the process. */
  read(): Readonly<Record<string, HostReceived>>;
}

/** Ended processes that are counted apart; older ones are one sum. */
const mostEnded = 32;
/** The name under which they are summed: no process has such an id. */
const before = 'before';

export function createHostBook(): HostBook {
  const living = new Map<string, HostReceived>();
  const ended = new Map<string, HostReceived>();
  const endNow = (process: string, received: HostReceived): void => {
    living.delete(process);
    ended.set(process, { ...received, inFlight: 0 });
    const [oldest] = [...ended.keys()].filter((name) => name !== before);
    if (ended.size <= mostEnded || oldest === undefined) return;
    ended.set(before, sumReceived([ended.get(before), ended.get(oldest)]));
    ended.delete(oldest);
  };
  return {
    write(process, received) {
      ended.delete(process);
      living.set(process, received);
    },
    end(process) {
      const received = living.get(process);
      if (received !== undefined) endNow(process, received);
    },
    adopt(processes) {
      for (const [process, received] of Object.entries(processes)) {
        if (!living.has(process)) endNow(process, received);
      }
    },
    read: () => Object.fromEntries([...ended, ...living]),
  };
}

/** All of them as one. */
export function sumReceived(each: readonly (HostReceived | undefined)[]): HostReceived {
  const all = each.filter((received) => received !== undefined);
  const add = (of: (received: HostReceived) => number): number =>
    all.reduce((sum, received) => sum + of(received), 0);
  const failures: Record<string, number> = {};
  const heard = new Map<string, number>();
  for (const received of all) {
    for (const [code, count] of Object.entries(received.failures))
      failures[code] = (failures[code] ?? 0) + count;
    for (const { name, lastContactMs } of received.peers)
      heard.set(name, Math.max(heard.get(name) ?? 0, lastContactMs));
  }
  return {
    totals: {
      upload: {
        ok: add(({ totals }) => totals.upload.ok),
        failed: add(({ totals }) => totals.upload.failed),
      },
      delete: {
        ok: add(({ totals }) => totals.delete.ok),
        failed: add(({ totals }) => totals.delete.failed),
      },
    },
    bytesReceived: add(({ bytesReceived }) => bytesReceived),
    failures,
    peers: [...heard].map(([name, lastContactMs]) => ({ name, lastContactMs })),
    inFlight: add(({ inFlight }) => inFlight),
    counters: {
      unchanged: add(({ counters }) => counters.unchanged),
      copied: add(({ counters }) => counters.copied),
      known: add(({ counters }) => counters.known),
      conflicts: add(({ counters }) => counters.conflicts),
    },
  };
}
