import { isNodeId, minSecretLength, type NodeId } from '@lockstep/core';
import { listOf, quote, refuse, textOf, type Setting } from './setting.js';

const leastToken = 16;
const leastPassword = 8;

/** The shared secrets, the first one signs. Throws OPTION_INVALID without ever quoting one. */
export function parseSecretList(setting: Setting): readonly string[] {
  const remedy = `Give ${minSecretLength} or more characters, the same on every server, e.g. from: openssl rand -hex 32`;
  const secrets = listOf(setting, remedy);
  if (secrets.length === 0) throw refuse(setting, 'is empty', remedy);
  for (const [index, secret] of secrets.entries()) {
    const which = secrets.length === 1 ? 'it' : `secret ${index + 1} of ${secrets.length}`;
    if (secret.length < minSecretLength)
      throw refuse(setting, `${which} has ${secret.length} characters`, remedy);
    if (new Set(secret).size < 8)
      throw refuse(setting, `${which} has fewer than 8 different characters`, remedy);
  }
  return Object.freeze(secrets);
}

/**
 * Secrets by peer, from a table or from `name=secret` items; a name that stands twice has two, the first signs. Throws OPTION_INVALID
 * without ever quoting one.
 */
export function parsePeerSecretTable(setting: Setting): Readonly<Record<NodeId, readonly string[]>> {
  const remedy =
    'Give name=secret for each peer, separated by commas, e.g. web-2= and the output of: openssl rand -hex 32';
  const byPeer = new Map<NodeId, string[]>();
  for (const [name, secrets] of peerSecretItems(setting, remedy)) {
    if (!isNodeId(name)) throw refuse(setting, `${quote(name)} is no name of a peer`, remedy);
    const label = `${setting.label} for ${name}`;
    byPeer.set(name, [
      ...(byPeer.get(name) ?? []),
      ...parseSecretList({ label, value: secrets, secret: true }),
    ]);
  }
  return Object.freeze(Object.fromEntries(byPeer));
}

function peerSecretItems(setting: Setting, remedy: string): [string, unknown][] {
  const { value } = setting;
  if (typeof value === 'string') {
    return listOf(setting, remedy).map((item) => {
      const at = item.indexOf('=');
      if (at < 0) throw refuse(setting, 'an item has no "="', remedy);
      return [item.slice(0, at).trim(), item.slice(at + 1).trim()];
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(setting, 'it is no table of secrets by peer', remedy);
  return Object.entries(value);
}

/** The token for plain uploads, `false` when they are off. Throws OPTION_INVALID without quoting it. */
export function parseUploadToken(setting: Setting): string | false {
  return parsePhrase(setting, leastToken);
}

/** The monitor's password, `false` for none. Throws OPTION_INVALID without quoting it. */
export function parseMonitorPassword(setting: Setting): string | false {
  return parsePhrase(setting, leastPassword);
}

function parsePhrase(setting: Setting, least: number): string | false {
  if (setting.value === false) return false;
  const remedy = `Give ${least} or more characters, or leave it out.`;
  const phrase = textOf(setting, remedy);
  if (phrase.length < least) throw refuse(setting, `it has ${phrase.length} characters`, remedy);
  return phrase;
}
