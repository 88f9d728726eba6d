import { EventEmitter } from 'node:events';
import type { Entry } from '../model/entry.js';
import type { ErrorCode } from '../model/error-catalogue.js';
import type { FileKey } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';

/** One change that a commit made to the files of this server. */
export interface AppliedChange {
  readonly entry: Entry;
  readonly what: 'written' | 'deleted' | 'touched';
  readonly conflict: boolean;
}

/** What a replica tells. Listeners must not throw and should not block. */
export interface ReplicaEventMap {
  /** The index got new rows, up to `sequence`; `from` is null when they were observed here. */
  recorded: [
    event: {
      readonly sequence: number;
      readonly entries: readonly Entry[];
      readonly from: NodeId | null;
      /** Of the entries, those whose content is as it was: only mode or mtime changed. */
      readonly touched?: readonly FileKey[];
      /** Of the entries, the two halves of renames: the files that appeared, and the tombstones of their old names. */
      readonly renamed?: readonly FileKey[];
    },
  ];
  /** A complete batch from a peer (or a person, `from` null) is on the disk. */
  applied: [event: { readonly changes: readonly AppliedChange[]; readonly from: NodeId | null }];
  /** A file cannot be observed or was left out; the others go on. */
  problem: [event: FileKey & { readonly code: ErrorCode; readonly message: string }];
  /** The file of an earlier `problem` was read. */
  solved: [event: FileKey];
  /** A hold was opened or got more paths. */
  held: [
    event: {
      readonly id: number;
      readonly folder: string;
      readonly paths: number;
      readonly peer: NodeId | null;
    },
  ];
  /** The index is damaged: it answers nothing until `renewed`. */
  damaged: [event: { readonly message: string }];
  /** Another index has taken the place of a damaged one: everything known of sequences, cursors and rows is void. */
  renewed: [event: { readonly indexId: string }];
  /** A hold ended. */
  unheld: [event: { readonly id: number; readonly folder: string }];
}

export type ReplicaEvents = EventEmitter<ReplicaEventMap>;

export function createReplicaEvents(): ReplicaEvents {
  const events: ReplicaEvents = new EventEmitter();
  events.setMaxListeners(50);
  return events;
}
