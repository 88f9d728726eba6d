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
}

/** One state for the whole server, with a sentence that says it and one that says what it means. */
export function headline(facts: HeadlineFacts): MonitorStatus['state'] {
  const word = stateWord(facts);
  const { active, elsewhere, paused } = facts;
  return { word, ...sentences(word, facts), active, elsewhere, paused };
}

function stateWord({ active, elsewhere, paused, holds, peers }: HeadlineFacts): StateWord {
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
