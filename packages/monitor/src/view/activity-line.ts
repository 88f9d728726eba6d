import type { ActivityKind, ActivityRow } from '@lockstep/core';
import type { ActivityLine, Tone } from './page-model.js';
import { byteWords, durationWords, isoWords, nameWords } from './words.js';

/** How each kind of event is named and coloured, in the order of the filter. */
export const activityKinds: Readonly<Record<ActivityKind, { readonly label: string; readonly tone: Tone }>> =
  {
    observed: { label: 'Changed here', tone: 'idle' },
    sent: { label: 'Sent', tone: 'good' },
    received: { label: 'Received', tone: 'good' },
    moved: { label: 'Moved', tone: 'good' },
    'deleted-there': { label: 'Deleted there', tone: 'good' },
    'deleted-here': { label: 'Deleted here', tone: 'good' },
    failed: { label: 'Failed', tone: 'bad' },
    refused: { label: 'Refused', tone: 'bad' },
    skipped: { label: 'Left out', tone: 'idle' },
    conflict: { label: 'Conflict', tone: 'warn' },
    held: { label: 'Held', tone: 'warn' },
    released: { label: 'Released', tone: 'idle' },
    restored: { label: 'Restored', tone: 'good' },
    'peer-up': { label: 'Peer reachable', tone: 'good' },
    'peer-down': { label: 'Peer unreachable', tone: 'bad' },
    scan: { label: 'Scan', tone: 'idle' },
    note: { label: 'Note', tone: 'idle' },
  };

/** True for a word that names a kind of activity. */
export function isActivityKind(word: string): word is ActivityKind {
  return Object.hasOwn(activityKinds, word);
}

/** One line of the history in words. */
export function activityLine(row: ActivityRow): ActivityLine {
  const { label, tone } = activityKinds[row.kind];
  const place = [row.folder, row.path].filter((part) => part !== null).join('/');
  const peer = row.peer === null ? '' : peerWords(row.kind, nameWords(row.peer));
  const size = row.bytes > 0 ? byteWords(row.bytes) : '';
  const took = row.ms === null ? '' : durationWords(row.ms);
  return {
    key: String(row.id),
    id: row.id,
    at: isoWords(row.atMs),
    tone,
    label,
    file: nameWords(place),
    message: [row.code, row.message === null ? null : nameWords(row.message)]
      .filter((part) => part !== null)
      .join(': '),
    peer,
    size,
    took,
    brief: [peer, size, took].filter((part) => part !== '').join(', '),
  };
}

function peerWords(kind: ActivityKind, peer: string): string {
  if (kind === 'sent' || kind === 'deleted-there' || kind === 'moved') return `to ${peer}`;
  if (kind === 'received' || kind === 'deleted-here') return `from ${peer}`;
  return peer;
}
