// Where the server is, and how it is asked.

/** The page's own address: this script lies in its `static/js/`. */
export const base = new URL('../..', import.meta.url).href;

const token = document.querySelector('meta[name="lockstep-token"]')?.getAttribute('content') ?? '';

/** The JSON of an address below the page. Throws an Error whose message can be shown. */
export function get(path) {
  return ask(base + path, {});
}

/** Asks for a change, as this page. Throws an Error whose message can be shown. */
export function post(url) {
  return ask(url, { method: 'POST', headers: { 'x-lockstep-token': token } });
}

async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: { ...options.headers, accept: 'application/json' } });
  } catch (cause) {
    throw new Error('The server does not answer. Try again when the page is live.', { cause });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.message ?? `The server answered ${response.status}.`);
  return answer;
}
