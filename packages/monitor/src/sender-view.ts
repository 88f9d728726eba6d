/** One file that a peer could not take yet, as the sender tells it. */
export interface SenderDeferredView {
  readonly folder?: string;
  readonly path?: string;
  readonly code?: string;
  readonly message?: string;
  readonly attempts?: number;
  readonly nextTryMs?: number;
}

/** One peer as the sender sees it. */
export interface SenderPeerView {
  readonly name?: string | null;
  readonly url?: string;
  /** `up`, `unreachable`, `self` or `connecting`. */
  readonly state?: string;
  readonly code?: string | null;
  readonly message?: string | null;
  readonly lagChanges?: number;
  readonly lagSeconds?: number;
  readonly pending?: number;
  readonly deferred?: readonly SenderDeferredView[];
  readonly deferredCount?: number;
  readonly inFlight?: number;
  readonly lastContactMs?: number | null;
  /** Peer's clock minus ours. */
  readonly skewMs?: number | null;
  /** When an unreachable peer is asked again. */
  readonly nextTryMs?: number | null;
  readonly sent?: { readonly bytes?: number };
  readonly link?: SenderLinkView | null;
}

/** The way to a peer as the sender measures it. */
export interface SenderLinkView {
  readonly bytesPerSecond?: number | null;
  readonly roundTripMs?: number | null;
  /** The configured limit; false for none. */
  readonly maxBytesPerSecond?: number | false;
  readonly compression?: { readonly active?: boolean; readonly reason?: string };
  /** Bytes of requests as they travelled. */
  readonly bodyBytes?: number;
  readonly savedBytes?: number;
}

/** How often an operation ended well and ill, since the process started. */
export interface OperationView {
  readonly ok?: number;
  readonly failed?: number;
}

/** What `sender.status()` gives. Every field may be absent: the page then says less, it does not break. */
export interface SenderStatusView {
  /** False in a process that only receives, while another process of this host watches and sends. */
  readonly active?: boolean;
  readonly paused?: boolean;
  /**
   * Where several processes run the app and this one does not send: the one that does, and how old its figures are. Null while none is
   * known. Present at all, it says that whatever is asked here is done by whichever process sends.
   */
  readonly elsewhere?: { readonly pid: number; readonly ageMs: number } | null;
  readonly watching?: {
    /** `events`, `polling` or `off`. */
    readonly mode?: string;
    readonly reason?: string | null;
    readonly folders?: readonly {
      readonly folder?: string;
      /** `events`, `polling` or `missing`. */
      readonly mode?: string;
      readonly scan?: { readonly lastMs?: number | null; readonly nextMs?: number | null };
    }[];
  };
  readonly observing?: {
    /** Hints that found disk and index equal. */
    readonly unchanged?: number;
    /** Hints that coalescing merged into another. */
    readonly merged?: number;
    /** Hints that have not rested yet. */
    readonly pending?: number;
  };
  readonly peers?: readonly SenderPeerView[];
  readonly latency?: {
    readonly p50?: number | null;
    readonly p95?: number | null;
    /** The last latencies in ms, oldest first. */
    readonly recent?: readonly number[];
  };
  readonly totals?: {
    readonly upload?: OperationView;
    readonly delete?: OperationView;
    readonly move?: OperationView;
  };
  readonly problems?: readonly {
    readonly folder?: string;
    readonly path?: string;
    readonly code?: string;
    readonly message?: string;
  }[];
  readonly skipped?: {
    readonly count?: number;
    readonly list?: readonly {
      readonly folder?: string;
      readonly path?: string;
      readonly reason?: string;
      readonly size?: number | null;
    }[];
  };
}

/** What came back of a hold, and what did not. */
export interface RestoredHoldView {
  readonly restored: number;
  readonly failed: readonly { readonly path: string; readonly message: string }[];
}

/** The part of a sender that the monitor uses. */
export interface SenderView {
  status(): SenderStatusView;
  /** Says that the status changed; without it the page is refreshed from time to time. */
  readonly events?: {
    on(event: 'delivered' | 'peer' | 'observed' | 'problem', listener: () => void): unknown;
    off(event: 'delivered' | 'peer' | 'observed' | 'problem', listener: () => void): unknown;
  };
  retryNow?(peer?: string): unknown;
  rescan?(folder?: string): unknown;
  pause?(): unknown;
  resume?(): unknown;
  /** Brings the missing files of a hold back from peers. */
  restoreHold?(id: number): Promise<RestoredHoldView>;
}
