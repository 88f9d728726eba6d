import type { Entry, ErrorCode, FileKey } from '@lockstep/core';
import type { EventEmitter } from 'node:events';
import type { PeerState } from './deliver/peer-loop.js';

/** What a sender tells. Listeners must not throw. */
export interface SenderEventMap {
  /** A peer acknowledged changes; `cursor` is how far it is. */
  delivered: [event: { readonly peer: string; readonly cursor: number }];
  /** A peer's state changed. */
  peer: [
    event: {
      readonly name: string | null;
      readonly url: string;
      readonly state: PeerState;
      readonly code: ErrorCode | null;
    },
  ];
  /** Changes were observed here. */
  observed: [event: { readonly entries: readonly Entry[] }];
  /** A file cannot be synchronised for now. */
  problem: [event: FileKey & { readonly code: ErrorCode; readonly message: string }];
}

export type SenderEvents = EventEmitter<SenderEventMap>;
