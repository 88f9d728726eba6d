import type { PeerStatus, StatusNote } from '../status.js';

/** Clocks further apart than this, in ms, are worth a note: signatures expire at 5 minutes. */
const skewWorthSayingMs = 60_000;

/** What decides the notes. */
export interface NoteFacts {
  readonly watching: { readonly mode: string; readonly reason: string | null };
  readonly peers: readonly PeerStatus[];
  readonly problems: number;
}

/** Things a person should know although the headline may be good. */
export function statusNotes({ watching, peers, problems }: NoteFacts): StatusNote[] {
  const notes: StatusNote[] = [];
  if (watching.mode === 'polling') {
    const reason = watching.reason ? ` (${watching.reason})` : '';
    notes.push({
      key: 'polling',
      tone: 'warn',
      text: `Folders are polled because file events do not arrive${reason}: changes take longer to be noticed.`,
    });
  }
  for (const peer of peers) {
    if (peer.skewMs === null || Math.abs(peer.skewMs) < skewWorthSayingMs) continue;
    const seconds = Math.round(Math.abs(peer.skewMs) / 1000);
    notes.push({
      key: `skew ${peer.name}`,
      tone: 'warn',
      text: `The clock of ${peer.name} is ${seconds} seconds ${peer.skewMs > 0 ? 'ahead' : 'behind'}. Set both clocks (NTP): beyond 5 minutes requests are refused.`,
    });
  }
  if (problems > 0) {
    notes.push({
      key: 'problems',
      tone: 'warn',
      text: `${problems === 1 ? 'A file' : `${problems} files`} cannot be read. The others are synchronised; see Problems.`,
    });
  }
  return notes;
}
