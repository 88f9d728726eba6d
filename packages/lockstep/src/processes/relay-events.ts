import type { EventEmitter } from 'node:events';
import type { HostEvent, Replica } from '@lockstep/core';

const relayed = ['problem', 'solved', 'held', 'unheld'] as const;

/** Events of a replica that only the process where they happen would hear of otherwise. */
export interface EventRelay {
  /** Tells the listeners of this process what happened in another. */
  repeat(event: HostEvent): void;
  end(): void;
}

/** Calls `tell` for what happens in this process, not for what is repeated. `recorded` and `applied` every process reads from the index. */
export function relayEvents(
  { events }: Pick<Replica, 'events'>,
  tell: (event: HostEvent) => void,
): EventRelay {
  const emitter: EventEmitter = events;
  let repeating = false;
  const listeners = relayed.map((name) => {
    const listener = (event: unknown): void => {
      // What a replica tells has the shape of the message of that name.
      if (!repeating) tell({ kind: 'event', name, event } as HostEvent);
    };
    emitter.on(name, listener);
    return [name, listener] as const;
  });
  return {
    repeat({ name, event }) {
      repeating = true;
      try {
        emitter.emit(name, event);
      } finally {
        repeating = false;
      }
    },
    end() {
      for (const [name, listener] of listeners) emitter.off(name, listener);
    },
  };
}
