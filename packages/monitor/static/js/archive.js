// The archive: the newest rows are live, older ones are asked for.
import { fill } from './bind.js';
import { continued, extended } from './rows.js';
import { get } from './server.js';

/** @param refreshTimes called after rows changed */
export function followArchive(refreshTimes) {
  const list = document.getElementById('archive-rows');
  const older = document.getElementById('archive-older');
  let rows = [];
  let ended = false;

  older.addEventListener('click', async () => {
    const page = await get(`api/archive?view=page&offset=${rows.length}`);
    ended = page.next === null;
    show(extended(rows, page.rows));
  });

  return {
    /** Takes the newest rows of the archive, and whether there are more than these. */
    update(newest, hasMore) {
      if (!hasMore) ended = true;
      show(continued(newest, rows));
    },
  };

  function show(next) {
    rows = next;
    fill(list, rows);
    older.hidden = ended;
    refreshTimes();
  }
}
