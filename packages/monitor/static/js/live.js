// The stream of states, and the words that say whether it flows.
import { base } from './server.js';

/** The server sends at least every 5 s; after this long without anything the connection counts as lost. */
const silenceMs = 12_000;
const retryMs = 2_000;

/** Calls `show` with every state. Reconnects for ever. */
export function listen(show) {
  const indicator = document.getElementById('live');
  const words = document.getElementById('live-words');
  let source;
  let watchdog;

  connect();

  function connect() {
    clearTimeout(watchdog);
    source?.close();
    source = new EventSource(`${base}api/events?view=page`);
    source.addEventListener('message', (event) => {
      tell('on', 'Live');
      arm();
      show(JSON.parse(event.data));
    });
    source.addEventListener('error', () => {
      tell('lost', 'Connection lost, reconnecting');
      if (source.readyState === EventSource.CLOSED) again();
    });
    arm();
  }

  function arm() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      tell('lost', 'Connection lost, reconnecting');
      connect();
    }, silenceMs);
  }

  function again() {
    clearTimeout(watchdog);
    watchdog = setTimeout(connect, retryMs);
  }

  function tell(state, text) {
    if (indicator.dataset.live === state) return;
    indicator.dataset.live = state;
    words.textContent = text;
    document.body.classList.toggle('stale', state === 'lost');
  }
}
