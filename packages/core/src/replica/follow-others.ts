import type { Entry } from '../model/entry.js';
import { keyOf } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import type { IndexRow } from '../ports/index-store.js';
import { compare } from '../rules/index.js';
import { reloadRules } from './observe-paths.js';
import type { Parts } from './parts.js';

const rowsPerRead = 500;
/** Holds that change without any row are looked at every so many calls: counting the paths of a large one takes a millisecond. */
const callsPerCount = 10;

/**
 * Begins to follow the other processes that share this index. Each call of what it gives tells the events `recorded` and `applied`
 * of what they recorded since the last: it is read from the index, so it is told even if the process that recorded it was
 * killed right after. What follows the index here, the exclusion rules and the held paths, is brought up to date first.
 */
export function followOthers(parts: Parts): () => Promise<void> {
  const own = new Map<string, Entry>();
  let seen = parts.index.lastSequence();
  let telling = false;
  let calls = 0;
  let holds = '';
  let running: Promise<void> | null = null;

  // A transaction and its event are one step of the event loop: what this process wrote was told here before it can be read below.
  parts.events.prependListener('recorded', ({ entries }) => {
    if (!telling) for (const entry of entries) own.set(keyOf(entry), entry);
  });

  parts.events.on('renewed', () => {
    own.clear();
    seen = parts.index.lastSequence();
  });

  return () => (running ??= catchUp().finally(() => (running = null)));

  async function catchUp(): Promise<void> {
    if (calls++ % callsPerCount === 0) followHolds();
    for (let rows = read(); rows.length > 0; rows = read()) {
      const others = rows.filter(({ entry }) => !isSame(own.get(keyOf(entry)), entry));
      await reloadRules(
        parts,
        others.map(({ entry }) => entry),
      );
      if (others.length > 0) parts.held.refresh();
      tell(others);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  function read(): IndexRow[] {
    const rows = parts.index.after(seen, rowsPerRead);
    seen = rows.at(-1)?.sequence ?? seen;
    if (rows.length === 0) own.clear();
    return rows;
  }

  function followHolds(): void {
    const mark = JSON.stringify(parts.index.holds.counts());
    if (mark !== holds) parts.held.refresh();
    holds = mark;
  }

  function tell(rows: readonly IndexRow[]): void {
    telling = true;
    try {
      for (const [from, group] of byTeacher(rows)) {
        const entries = group.map(({ entry }) => entry);
        parts.events.emit('recorded', { sequence: seen, entries, from });
        if (from !== null) parts.events.emit('applied', { changes: entries.map(changeOf), from });
      }
    } finally {
      telling = false;
    }
  }
}

function changeOf(entry: Entry) {
  return {
    entry,
    what: entry.state === 'deleted' ? ('deleted' as const) : ('written' as const),
    conflict: false,
  };
}

function byTeacher(rows: readonly IndexRow[]): Map<NodeId | null, IndexRow[]> {
  const groups = new Map<NodeId | null, IndexRow[]>();
  for (const row of rows) {
    const group = groups.get(row.learnedFrom) ?? [];
    group.push(row);
    groups.set(row.learnedFrom, group);
  }
  return groups;
}

function isSame(own: Entry | undefined, entry: Entry): boolean {
  return own !== undefined && own.state === entry.state && compare(own.version, entry.version) === 'equal';
}
