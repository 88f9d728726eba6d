// The search for files and the servers that have them.
import { fill } from './bind.js';
import { get } from './server.js';

/** @param refreshTimes called after rows changed */
export function findFiles(refreshTimes) {
  const form = document.getElementById('files-form');
  const list = document.getElementById('files-rows');
  const empty = document.getElementById('files-empty');
  const sheet = document.getElementById('files-sheet');
  const more = document.getElementById('files-more');

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void find();
  });

  async function find() {
    const query = new URLSearchParams(new FormData(form));
    query.set('view', 'page');
    try {
      const found = await get(`api/files?${query}`);
      fill(list, found.rows);
      more.hidden = !found.more;
      tell(found.rows.length === 0 ? 'No file begins like this.' : '');
      refreshTimes();
    } catch (error) {
      tell(error.message);
    }
  }

  function tell(words) {
    empty.textContent = words;
    empty.hidden = words === '';
    sheet.hidden = words !== '';
  }
}
