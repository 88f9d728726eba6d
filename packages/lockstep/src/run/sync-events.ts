import type { EventEmitter } from 'node:events';
import type { Log, Replica, ReplicaEventMap } from '@lockstep/core';

/** Names of what an app can listen to; see `ReplicaEventMap` for what each carries. */
export type SyncEventName = keyof ReplicaEventMap;

/** A listener of one event. What it throws is logged and goes no further. */
export type SyncListener<E extends SyncEventName> = (...args: ReplicaEventMap[E]) => unknown;

/** Listening to the replica in a way that a listener's failure cannot harm it. */
export interface SyncEvents {
  on<E extends SyncEventName>(event: E, listener: SyncListener<E>): void;
  off<E extends SyncEventName>(event: E, listener: SyncListener<E>): void;
}

/** Events of a replica for the app's own code, which may throw or reject. */
export function createSyncEvents(replica: Pick<Replica, 'events'>, log: Log): SyncEvents {
  const emitter: EventEmitter = replica.events;
  const guarded = new Map<string, Map<unknown, () => void>>();

  return {
    on(event, listener) {
      const ofEvent = guarded.get(event) ?? new Map<unknown, () => void>();
      guarded.set(event, ofEvent);
      if (ofEvent.has(listener)) return;
      ofEvent.set(listener, subscribe(event, listener));
    },
    off(event, listener) {
      guarded.get(event)?.get(listener)?.();
      guarded.get(event)?.delete(listener);
    },
  };

  function subscribe<E extends SyncEventName>(event: E, listener: SyncListener<E>): () => void {
    const guard = (...args: Parameters<typeof listener>): void => {
      const report = (error: unknown): void => log.error(`A listener of "${event}" failed`, { event, error });
      try {
        const result = listener(...args);
        if (result instanceof Promise) result.catch(report);
      } catch (error) {
        report(error);
      }
    };
    emitter.on(event, guard);
    return () => void emitter.off(event, guard);
  }
}
