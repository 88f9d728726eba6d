// The history: follows the live rows, or a filter, and continues downwards.
import { fill } from './bind.js';
import { continued, extended } from './rows.js';
import { get } from './server.js';

/** A filtered list is asked for again at most this often. */
const refetchMs = 1_000;

/** @param refreshTimes called after rows changed */
export function followActivity(refreshTimes) {
  const form = document.getElementById('activity-form');
  const list = document.getElementById('activity-rows');
  const empty = document.getElementById('activity-empty');
  const sheet = document.getElementById('activity-sheet');
  const older = document.getElementById('activity-older');
  let rows = [];
  let newestKey;
  let waiting;
  let asked = 0;
  let filter = new URLSearchParams(new FormData(form));
  let filtered = list.dataset.filtered === 'true';

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    apply();
  });
  form.elements.kind.addEventListener('change', apply);
  form.elements.text.addEventListener('search', apply);
  older.addEventListener('click', (event) => {
    event.preventDefault();
    void load(list.lastElementChild?.dataset.key);
  });

  return {
    /** Takes the newest rows of the history. */
    update(newest) {
      if (!filtered) show(continued(newest, rows));
      else if (newest[0]?.key !== newestKey) reloadSoon();
      newestKey = newest[0]?.key;
    },
  };

  function apply() {
    filter = new URLSearchParams(new FormData(form));
    filtered = filter.get('kind') !== '' || filter.get('text') !== '';
    void load();
  }

  function reloadSoon() {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      if (filtered) void load();
    }, refetchMs);
  }

  async function load(before) {
    const mine = (asked += 1);
    const query = new URLSearchParams(filter);
    query.set('view', 'page');
    if (before !== undefined) query.set('before', before);
    try {
      const page = await get(`api/activity?${query}`);
      // A later question was asked meanwhile: its answer counts.
      if (mine !== asked) return;
      show(before === undefined ? page.rows : extended(rows, page.rows));
      older.hidden = page.next === null;
    } catch (error) {
      say(error.message);
    }
  }

  function show(next) {
    rows = next;
    fill(list, rows);
    sheet.hidden = rows.length === 0;
    empty.hidden = rows.length > 0;
    if (rows.length === 0) say(emptyWords());
    refreshTimes();
  }

  function emptyWords() {
    return filtered
      ? 'Nothing in the history matches the filter.'
      : 'Nothing has happened yet. Change a file in one of the folders.';
  }

  function say(words) {
    empty.hidden = false;
    empty.textContent = words;
  }
}
