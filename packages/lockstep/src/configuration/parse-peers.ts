import type { NodeId } from '@lockstep/core';
import type { PeerAddress } from '../options.js';
import { quote, refuse, type Setting } from './setting.js';

const remedy = 'Write name=https://host/sync (or just https://host), separated by commas.';
const namePattern = /^[A-Za-z0-9._-]{1,64}$/;
const namedItem = /^([^=/:]*)=(.*)$/s;

/**
 * The other servers. An item is `name=URL` or a URL; a bare origin gets the mount path. Our own name is left out, so that
 * every server can have the same list. Throws OPTION_INVALID for a malformed address and for one given twice.
 */
export function parsePeers(setting: Setting, self: NodeId, mountPath: string): readonly PeerAddress[] {
  const peers = itemsOf(setting).map((item) => parseItem(item, setting, mountPath));
  refuseTwice(peers, setting);
  return peers.filter((peer) => peer.name !== self);
}

function itemsOf(setting: Setting): readonly PeerAddress[] {
  const { value } = setting;
  if (typeof value === 'string') {
    return value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => splitItem(item));
  }
  if (!Array.isArray(value)) throw refuse(setting, 'is neither text nor a list', remedy);
  return value.map((item: unknown) => {
    if (typeof item === 'string') return splitItem(item.trim());
    if (isAddress(item)) return item;
    throw refuse(setting, `has the item ${quote(item)}, which is no {name, url}`, remedy);
  });
}

function splitItem(item: string): PeerAddress {
  const [, name, url] = namedItem.exec(item) ?? [];
  return name === undefined || url === undefined ? { url: item } : { name: name.trim(), url: url.trim() };
}

function isAddress(item: unknown): item is PeerAddress {
  if (typeof item !== 'object' || item === null || !('url' in item) || typeof item.url !== 'string')
    return false;
  return !('name' in item) || item.name === undefined || typeof item.name === 'string';
}

function parseItem(item: PeerAddress, setting: Setting, mountPath: string): PeerAddress {
  const { name } = item;
  if (name !== undefined && !namePattern.test(name)) {
    throw refuse(setting, `the peer name ${quote(name)} is not 1–64 of A–Z a–z 0–9 . _ -`, remedy);
  }
  const url = parseUrl(item.url, setting, mountPath);
  return Object.freeze(name === undefined ? { url } : { name, url });
}

function parseUrl(text: string, setting: Setting, mountPath: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const guess = URL.canParse(`https://${text}`) ? ` Did you mean https://${text}?` : '';
    throw refuse(setting, `the peer address ${quote(text)} is not an http or https URL`, `${remedy}${guess}`);
  }
  if (url.username !== '' || url.password !== '') {
    const bare = `${url.protocol}//${url.host}`;
    throw refuse(
      { ...setting, secret: true },
      `the address of the peer at ${bare} holds a user name or password`,
      'Take it out: peers know each other by LOCKSTEP_SECRET.',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw refuse(setting, `the peer address ${quote(text)} has a query or fragment`, remedy);
  }
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path === '' ? mountPath : path}`;
}

function refuseTwice(peers: readonly PeerAddress[], setting: Setting): void {
  const seen = new Set<string>();
  for (const { name, url } of peers) {
    const keys = name === undefined ? [url] : [`the name ${name}`, url];
    for (const key of keys) {
      if (seen.has(key)) throw refuse(setting, `names ${key} twice`, 'Name every server once.');
      seen.add(key);
    }
  }
}
