// Moments in words ("3 s ago") that go on counting, by the server's clock.
import { ago, until } from './moments.js';

/** Rewrites every `<time>` each second. */
export function keepTimes() {
  let aheadMs = 0;
  setInterval(refresh, 1_000);
  refresh();
  return {
    refresh,
    /** Takes over the server's clock. */
    setNow(iso) {
      aheadMs = Date.parse(iso) - Date.now();
      refresh();
    },
  };

  function refresh() {
    const nowMs = Date.now() + aheadMs;
    for (const time of document.querySelectorAll('time')) {
      const iso = time.dateTime;
      const say = time.hasAttribute('data-due') ? until : ago;
      const text = iso === '' ? '' : say(Date.parse(iso), nowMs);
      if (time.textContent !== text) time.textContent = text;
      const title = iso === '' ? '' : new Date(iso).toLocaleString();
      if (time.title !== title) time.title = title;
    }
  }
}
