import { errorCatalogue } from '@lockstep/core';
import { compressionWords, linkWords } from './link-words.js';
import type { DeferredFile, PeerStatus } from '../status.js';
import type { DeferredLine, PeerCard, Tone } from './page-model.js';
import { byteWords, countWords, durationWords, isoWords, nameWords, numberWords } from './words.js';

/** One peer in words. */
export function peerCard(peer: PeerStatus): PeerCard {
  const { tone, state } = peerState(peer);
  const more = peer.deferredCount - peer.deferred.length;
  const down = peer.state !== 'up';
  return {
    key: peer.name,
    name: nameWords(peer.name),
    url: nameWords(peer.url ?? ''),
    tone,
    state,
    trouble: down && peer.message ? nameWords(peer.message) : '',
    remedy: down ? remedyOf(peer.code) : '',
    nextTry: down ? isoWords(peer.nextTryMs) : '',
    lag: peer.lagChanges === 0 ? 'None' : lagWords(peer),
    pending: numberWords(peer.pending),
    inFlight: numberWords(peer.inFlight),
    deferredCount: numberWords(peer.deferredCount),
    lastContact: isoWords(latest(peer.lastContactMs, peer.lastHeardMs)),
    skew: skewWords(peer.skewMs),
    sent: byteWords(peer.bytesSent),
    link: linkWords(peer.link),
    compression: compressionWords(peer.link),
    deferred: peer.deferred.map(deferredLine),
    moreDeferred: more > 0 ? `and ${countWords(more, 'more file')}` : '',
  };
}

function peerState(peer: PeerStatus): { tone: Tone; state: string } {
  switch (peer.state) {
    case 'unreachable':
      return { tone: 'bad', state: 'Unreachable' };
    case 'connecting':
      return { tone: 'busy', state: 'Connecting' };
    case 'unknown':
      return { tone: 'idle', state: 'Served by another process' };
    case 'up':
      if (peer.lagChanges > 0) return { tone: 'busy', state: 'Catching up' };
      if (peer.deferredCount > 0) {
        return { tone: 'warn', state: `${countWords(peer.deferredCount, 'file')} refused` };
      }
      return { tone: 'good', state: 'In step' };
  }
}

function lagWords(peer: PeerStatus): string {
  const changes = countWords(peer.lagChanges, 'change');
  return peer.lagSeconds > 0 ? `${changes}, ${durationWords(peer.lagSeconds * 1000)}` : changes;
}

function skewWords(skewMs: number | null): string {
  if (skewMs === null) return '–';
  if (Math.abs(skewMs) < 1000) return 'Under 1 s';
  return `${durationWords(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}`;
}

function deferredLine(file: DeferredFile): DeferredLine {
  return {
    key: `${file.folder}/${file.path}`,
    file: nameWords(`${file.folder}/${file.path}`),
    reason: nameWords(file.message === '' ? file.code : file.message),
    remedy: remedyOf(file.code),
    attempts: countWords(file.attempts, 'attempt'),
    nextTry: isoWords(file.nextTryMs),
  };
}

/** What to do about a code of the catalogue; empty for one that this release does not know. */
export function remedyOf(code: string | null): string {
  const catalogue: Readonly<Record<string, { readonly remedy: string } | undefined>> = errorCatalogue;
  return code !== null && Object.hasOwn(catalogue, code) ? (catalogue[code]?.remedy ?? '') : '';
}

function latest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
