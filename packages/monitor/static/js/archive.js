// The archive: the newest rows are live, older ones are asked for.
import { fill } from './bind.js';
import { tellOutcome } from './outcome.js';
import { continued, extended } from './rows.js';
import { get } from './server.js';

/** @param refreshTimes called after rows changed */
export function followArchive(refreshTimes) {
  const list = document.getElementById('archive-rows');
  const older = document.getElementById('archive-older');
  let rows = [];
  let wentBack = false;

  older.addEventListener('click', async () => {
    try {
      const page = await get(`api/archive?view=page&offset=${rows.length}`);
      wentBack = true;
      older.hidden = page.next === null;
      show(extended(rows, page.rows));
    } catch (error) {
      tellOutcome(error.message, 'bad');
    }
  });

  return {
    /** Takes the newest rows of the archive, and whether there are more than these. */
    update(newest, hasMore) {
      if (!wentBack) older.hidden = !hasMore;
      show(wentBack ? continued(newest, rows) : newest);
    },
  };

  function show(next) {
    rows = next;
    fill(list, rows);
    refreshTimes();
  }
}
