import type { Entry, LiveEntry, Tombstone } from '../model/entry.js';
import type { VersionVector } from '../model/version-vector.js';
import { precedes } from './precedence.js';
import { compare, join } from './version.js';

/** What to do with an incoming entry. */
export type Decision =
  /** The local entry is the same or newer. */
  | { readonly do: 'ignore' }
  /** Record this entry. The content is the same (or deleted on both sides): no bytes move, mode and mtime may differ. */
  | { readonly do: 'adopt'; readonly entry: Entry }
  /** The incoming bytes replace what is here; with `conflict`, something that nobody had seen. What is here goes to the archive. */
  | { readonly do: 'write'; readonly entry: LiveEntry; readonly conflict: boolean }
  /** The local file goes to the archive. Never a conflict: a deletion wins against nothing it has not seen. */
  | { readonly do: 'delete'; readonly entry: Tombstone; readonly conflict: false }
  /** The local content wins and gets the joined version. A live `loser`'s bytes are wanted for the archive. */
  | { readonly do: 'keep'; readonly entry: Entry; readonly conflict: true; readonly loser: Entry };

/**
 * Local entry × incoming entry → what to do. Pure, the same on every node; delivery may be lost, repeated or reordered.
 *
 * Each clause is needed (the convergence test fails without it):
 * - *newer, older*: a version that has seen the other one replaces it, in whatever order they arrive.
 * - *same content joins*: two nodes that made the same change, or one that crashed between a rename and its index
 *   transaction, agree without moving bytes; without the join they would offer it to each other for ever.
 * - *a conflict's outcome has the join of both versions*: it has seen both sides, so it replaces either of them elsewhere.
 * - *equal versions with different content are a conflict*: three-way conflicts can meet on two routes under one joined version
 *   (a deletion loses to different contents on different nodes), and rebuilt indexes all start from the empty version.
 * - *the loser is kept*: a conflict's losing bytes, local or incoming, are what somebody wrote and nobody has overwritten knowingly.
 *
 * Under equal versions a local winner answers `keep` each time the loser is offered, until the other node has taken the winner.
 */
export function decide(local: Entry | undefined, incoming: Entry): Decision {
  if (local === undefined) return incoming.state === 'live' ? write(incoming, false) : adopt(incoming);
  switch (compare(incoming.version, local.version)) {
    case 'older':
      return { do: 'ignore' };
    case 'newer':
      return accept(local, incoming);
    case 'equal':
      return hasSameContent(local, incoming)
        ? settle(local, incoming, local.version)
        : conflict(local, incoming);
    case 'concurrent':
      return hasSameContent(local, incoming)
        ? adopt(
            withVersion(precedes(incoming, local) ? incoming : local, join(local.version, incoming.version)),
          )
        : conflict(local, incoming);
  }
}

/** True when both are deleted, or both are live with the same bytes. */
export function hasSameContent(a: Entry, b: Entry): boolean {
  return a.state === 'live' ? b.state === 'live' && a.digest === b.digest : b.state === 'deleted';
}

function accept(local: Entry, incoming: Entry): Decision {
  if (hasSameContent(local, incoming)) return adopt(incoming);
  return incoming.state === 'live'
    ? write(incoming, false)
    : { do: 'delete', entry: incoming, conflict: false };
}

/** Equal versions, same content: only metadata can differ, and the winner's is taken. */
function settle(local: Entry, incoming: Entry, version: VersionVector): Decision {
  return precedes(incoming, local) ? adopt(withVersion(incoming, version)) : { do: 'ignore' };
}

function conflict(local: Entry, incoming: Entry): Decision {
  const version = join(local.version, incoming.version);
  // One side is live, since two tombstones are the same content; and live precedes deleted.
  if (incoming.state === 'live' && precedes(incoming, local)) return write({ ...incoming, version }, true);
  return { do: 'keep', entry: withVersion(local, version), conflict: true, loser: incoming };
}

function adopt(entry: Entry): Decision {
  return { do: 'adopt', entry };
}

function write(entry: LiveEntry, isConflict: boolean): Decision {
  return { do: 'write', entry, conflict: isConflict };
}

function withVersion(entry: Entry, version: VersionVector): Entry {
  return { ...entry, version };
}
