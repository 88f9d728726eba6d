import { isNodeId, showText, SyncError } from '@lockstep/core';

/** One address of the list. */
export interface PeerAddress {
  /** Null: the name comes from the peer's hello. */
  readonly name: string | null;
  /** Where its receiver is mounted, without a trailing slash. */
  readonly url: string;
}

/** What a person may write for peers. */
export type PeersOption = string | readonly { readonly name?: string; readonly url: string }[];

/**
 * Reads `web-2=https://10.0.0.2/sync,https://10.0.0.3` or a list of `{name?, url}`. A bare origin gets `mountPath`. Throws
 * OPTION_INVALID, which quotes the value and says what to do.
 */
export function parsePeers(peers: PeersOption, mountPath: string): readonly PeerAddress[] {
  const list = typeof peers === 'string' ? splitText(peers) : peers;
  const addresses = list.map(({ name, url }) => ({ name: checkName(name), url: checkUrl(url, mountPath) }));
  const seen = new Set<string>();
  for (const { name, url } of addresses) {
    for (const each of name === null ? [url] : [url, `name ${name}`]) {
      if (seen.has(each)) throw invalid(each, 'it stands in the list twice', 'Name each server once.');
      seen.add(each);
    }
  }
  return addresses;
}

function splitText(text: string): { name?: string; url: string }[] {
  const items = text.split(',').map((item) => item.trim());
  return items
    .filter((item) => item !== '')
    .map((item) => {
      const [, name, url] = /^([^=/:?#]*)=(.*)$/u.exec(item) ?? [];
      return name === undefined || url === undefined ? { url: item } : { name: name.trim(), url: url.trim() };
    });
}

function checkName(name: string | undefined): string | null {
  if (name === undefined) return null;
  if (isNodeId(name)) return name;
  throw invalid(
    name,
    'it is no name of a server',
    'Use 1 to 64 letters, digits, dots, dashes and underscores.',
  );
}

function checkUrl(text: string, mountPath: string): string {
  const remedy = 'Write it like web-2=https://10.0.0.2/sync or http://10.0.0.2:3000.';
  if (!URL.canParse(text)) throw invalid(text, 'it is no URL', remedy);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalid(text, 'it is neither http nor https', remedy);
  if (url.username !== '' || url.password !== '') {
    throw invalid(
      `${url.protocol}//…@${url.host}`,
      'it holds a user name or password',
      'Servers know each other by the shared secret: leave it out.',
    );
  }
  if (url.search !== '' || url.hash !== '') throw invalid(text, 'it has a query or a fragment', remedy);
  const path = url.pathname === '/' ? mountPath : url.pathname;
  return `${url.origin}${path.replace(/\/+$/u, '')}`;
}

function invalid(value: string, why: string, remedy: string): SyncError {
  const shown = showText(value, 200);
  return new SyncError('OPTION_INVALID', `Refused the peer "${shown}" (LOCKSTEP_PEERS): ${why}. ${remedy}`, {
    details: { option: 'peers', value: shown },
  });
}
