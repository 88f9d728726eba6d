import type { IndexHealth } from '@lockstep/core';
import type { MonitorStatus, PeerStatus, StateWord } from '../status.js';

/** Figures of another process are told every second; without them for so long it counts as gone. */
const lostMs = 10_000;

/** What decides the headline. */
export interface HeadlineFacts {
  readonly active: boolean;
  /** The process of this host that sends instead of this one, as it was last heard of. */
  readonly elsewhere: MonitorStatus['state']['elsewhere'];
  readonly paused: boolean;
  readonly holds: number;
  readonly heldFiles: number;
  readonly peers: readonly PeerStatus[];
  /** `damaged`: it cannot be used now; `rebuilding`: a new one is being filled. */
  readonly index: IndexHealth;
  /** Folders whose root is gone, and how many files the index knows in each. */
  readonly missing: readonly { readonly folder: string; readonly files: number }[];
}

/** One state for the whole server, with a sentence that says it and one that says what it means. */
export function headline(facts: HeadlineFacts): MonitorStatus['state'] {
  const word = stateWord(facts);
  const { active, elsewhere, paused } = facts;
  return { word, ...sentences(word, facts), active, elsewhere, paused };
}

function stateWord({ active, elsewhere, paused, holds, peers, index, missing }: HeadlineFacts): StateWord {
  if (index !== 'whole') return 'damaged';
  if (missing.length > 0) return 'missing';
  if (holds > 0) return 'held';
  if (paused) return 'paused';
  if (!active && (elsewhere === null || elsewhere.ageMs > lostMs)) return 'standby';
  if (peers.length === 0) return 'alone';
  if (peers.some((peer) => peer.state === 'unreachable')) return 'unreachable';
  if (peers.some((peer) => peer.state !== 'up' || peer.lagChanges + peer.deferredCount > 0))
    return 'catching-up';
  return 'in-step';
}

function sentences(word: StateWord, facts: HeadlineFacts): { text: string; detail: string } {
  const { peers, holds, heldFiles } = facts;
  const lag = peers.reduce((most, peer) => Math.max(most, peer.lagChanges), 0);
  switch (word) {
    case 'damaged':
      return damaged(facts);
    case 'missing':
      return missingFolders(facts);
    case 'held':
      return {
        text:
          holds === 1 ? 'Held: deletions wait for you' : `Held: ${holds} batches of deletions wait for you`,
        detail: `${count(heldFiles, 'deletion')} looked like an accident and ${heldFiles === 1 ? 'was' : 'were'} stopped. Everything else goes on.`,
      };
    case 'paused':
      return {
        text: 'Paused',
        detail: 'Changes are recorded and wait here. Resume to send them.',
      };
    case 'standby':
      return {
        text: 'Standby',
        detail:
          'This process receives. It does not watch or send: another process of this host does, or sending has not started.',
      };
    case 'alone':
      return {
        text: 'No peers yet',
        detail: 'Changes are recorded here. Set LOCKSTEP_PEERS to send them to other servers.',
      };
    case 'unreachable': {
      const lost = peers.filter((peer) => peer.state === 'unreachable').length;
      return {
        text: `${lost} of ${count(peers.length, 'peer')} unreachable`,
        detail: `${count(lag, 'change')} ${lag === 1 ? 'waits' : 'wait'} here and will be sent when the connection is back. Nothing is lost.`,
      };
    }
    case 'catching-up':
      return {
        text: 'Catching up',
        detail: catchingUp(peers, lag),
      };
    case 'in-step':
      return {
        text: 'In step',
        detail: `${peers.length === 1 ? 'The peer has' : `All ${peers.length} peers have`} every change made here.`,
      };
  }
}

function damaged({ index }: HeadlineFacts): { text: string; detail: string } {
  if (index === 'rebuilding')
    return {
      text: 'Rebuilding the index: it was damaged',
      detail:
        'INDEX_DAMAGED. It is rebuilt from the folders and reconciled with the peers. Nothing is deleted anywhere.',
    };
  return {
    text: 'The index is damaged',
    detail:
      'INDEX_DAMAGED. A new one is begun as soon as its directory can be written; until then nothing is sent or received. The numbers below are older.',
  };
}

function missingFolders({ missing }: HeadlineFacts): { text: string; detail: string } {
  const names = missing.map(({ folder }) => folder).join(', ');
  const files = missing.reduce((sum, each) => sum + each.files, 0);
  const [whose, are] = missing.length === 1 ? ['Its', 'is'] : ['Their', 'are'];
  return {
    text: `${missing.length === 1 ? 'Folder' : 'Folders'} ${names} ${are} missing`,
    detail: `${whose} deletions are held: ${count(files, 'file')} ${files === 1 ? 'stays' : 'stay'} on the peers, whose changes wait. Put the folder back, and it goes on by itself.`,
  };
}

function catchingUp(peers: readonly PeerStatus[], lag: number): string {
  const refused = peers.reduce((sum, peer) => sum + peer.deferredCount, 0);
  if (lag > 0)
    return `${count(lag, 'change')} on the way to ${count(peers.filter((peer) => peer.lagChanges > 0).length, 'peer')}.`;
  if (refused > 0)
    return `${count(refused, 'file')} could not be taken by a peer and ${refused === 1 ? 'is' : 'are'} tried again.`;
  return 'Connecting to the peers.';
}

/** A number with its noun: `1 change`, `1,200 changes`. */
function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
