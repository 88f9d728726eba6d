import type { TestServer } from './server.js';

/** Presses a button of a server's monitor page through its API, with the page's own token. Gives what the page would say. */
export async function press(server: TestServer, route: string): Promise<string> {
  const page = await (await fetch(`${server.url}/sync-monitor`)).text();
  const [, token = ''] = /name="[^"]*token[^"]*"\s+content="([^"]+)"/u.exec(page) ?? [];
  const answer = await fetch(`${server.url}/sync-monitor/api/${route}`, {
    method: 'POST',
    headers: { 'x-lockstep-token': token, origin: server.url },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${server.name} answered ${answer.status} to ${route}: ${text}`);
  return text;
}
