import { isSyncError, type SyncError } from '../model/error.js';
import type { IndexKeeper } from '../ports/index-keeper.js';
import { untilBeat } from '../rules/until-beat.js';
import { damageNote } from './damage-note.js';
import type { Parts } from './parts.js';

/** How often the index is looked at, in ms. */
const superviseMs = 1_000;

/**
 * Has the index looked after, so that damage is met and mended while the server runs. What began before goes on with the new index, or
 * fails with INDEX_DAMAGED and is tried again. Gives what ends it.
 */
export function superviseIndex(parts: Parts, keeper: IndexKeeper): () => void {
  const { clock, log, events } = parts;
  let ended = false;
  let failing = false;
  let cancel: () => void = () => undefined;

  const later = (ms: number): void => {
    cancel();
    if (!ended) cancel = clock.after(ms, look);
  };
  keeper.onDamage((damage: SyncError) => {
    log.error('The index is damaged under the running server; a new one is begun', {
      reason: damage.message,
    });
    events.emit('damaged', { message: damage.message });
    // Not now: a transaction may be open.
    later(0);
  });
  later(untilBeat(clock.now(), superviseMs));

  return () => {
    ended = true;
    cancel();
  };

  function look(): void {
    try {
      if (keeper.look() === 'renewed') goOn(parts, keeper);
      failing = false;
    } catch (error) {
      if (!failing && !ended)
        log.error('Could not begin a new index in place of the damaged one; it is tried again every second', {
          reason: error instanceof Error ? error.message : String(error),
          ...(isSyncError(error) && { code: error.code }),
        });
      failing = true;
    }
    later(untilBeat(clock.now(), superviseMs));
  }
}

/** What is remembered of the old index is forgotten; what lies in the folders is found by a scan, as at the first start. */
function goOn(parts: Parts, keeper: IndexKeeper): void {
  parts.scanned.clear();
  try {
    parts.held.refresh();
    parts.index.activity.add([damageNote(keeper.movedAside, parts.clock.now())]);
  } finally {
    parts.events.emit('renewed', { indexId: parts.index.indexId });
  }
}
