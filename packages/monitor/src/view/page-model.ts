/** Colour and icon of a thing; the words always say it too. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

/** A label with its value. */
export interface Fact {
  readonly key: string;
  readonly label: string;
  readonly value: string;
}

/** One of the large numbers at the top. */
export interface Figure {
  readonly value: string;
  readonly note: string;
}

/** A file that a peer could not take, in words. */
export interface DeferredLine {
  readonly key: string;
  readonly file: string;
  readonly reason: string;
  readonly remedy: string;
  readonly attempts: string;
  readonly nextTry: string;
}

/** One peer in words. */
export interface PeerCard {
  readonly key: string;
  readonly name: string;
  readonly url: string;
  readonly tone: Tone;
  readonly state: string;
  /** Why it is not up, and what to do; empty when it is. */
  readonly trouble: string;
  readonly remedy: string;
  readonly nextTry: string;
  readonly lag: string;
  readonly pending: string;
  readonly inFlight: string;
  readonly deferredCount: string;
  readonly lastContact: string;
  readonly skew: string;
  readonly sent: string;
  /** How fast the way to it is, and its limit. */
  readonly link: string;
  /** Whether what goes to it is compressed, and why. */
  readonly compression: string;
  readonly deferred: readonly DeferredLine[];
  readonly moreDeferred: string;
}

/** A stopped batch of deletions in words. */
export interface HoldCard {
  readonly key: string;
  readonly title: string;
  readonly explanation: string;
  readonly since: string;
  readonly paths: readonly { readonly key: string; readonly path: string }[];
  readonly morePaths: string;
  readonly release: string;
  readonly releaseAction: string;
  readonly restoreAction: string;
}

/** One line of the history in words. */
export interface ActivityLine {
  readonly key: string;
  readonly id: number;
  readonly at: string;
  readonly tone: Tone;
  readonly label: string;
  readonly file: string;
  readonly message: string;
  readonly peer: string;
  readonly size: string;
  readonly took: string;
  /** Peer, size and time in one line, for narrow screens. */
  readonly brief: string;
}

/** One archived content in words. */
export interface ArchiveLine {
  readonly key: string;
  readonly file: string;
  readonly reason: string;
  readonly by: string;
  readonly size: string;
  readonly at: string;
  readonly restoreAction: string;
  readonly downloadUrl: string;
}

/** One file and where it is, in words. */
export interface FileLine {
  readonly key: string;
  readonly file: string;
  readonly state: string;
  readonly size: string;
  readonly by: string;
  readonly at: string;
  readonly where: readonly { readonly key: string; readonly tone: Tone; readonly text: string }[];
}

/** A file left out or unreadable, in words. */
export interface LeftOutLine {
  readonly key: string;
  readonly file: string;
  readonly reason: string;
  readonly size: string;
}

/** The whole page in words: what the templates render and what the browser's script binds. */
export interface PageModel {
  readonly documentTitle: string;
  readonly node: string;
  readonly title: string;
  readonly at: string;
  readonly tone: Tone;
  readonly state: string;
  readonly detail: string;
  readonly role: string;
  /** This process watches and sends, so that its buttons work. */
  readonly active: boolean;
  readonly paused: boolean;
  readonly notes: readonly { readonly key: string; readonly tone: Tone; readonly text: string }[];
  readonly waiting: Figure;
  readonly latency: Figure & { readonly line: string; readonly area: string; readonly description: string };
  readonly success: Figure;
  readonly files: Figure;
  readonly avoided: Figure;
  readonly holds: readonly HoldCard[];
  readonly peers: readonly PeerCard[];
  readonly operations: readonly {
    readonly key: string;
    readonly name: string;
    readonly ok: string;
    readonly failed: string;
    readonly rate: string;
  }[];
  readonly queue: readonly Fact[];
  readonly traffic: readonly Fact[];
  readonly folders: readonly {
    readonly key: string;
    readonly folder: string;
    readonly files: string;
    readonly bytes: string;
    readonly deleted: string;
  }[];
  readonly activity: readonly ActivityLine[];
  readonly problems: readonly LeftOutLine[];
  readonly skipped: readonly LeftOutLine[];
  readonly skippedCount: string;
  readonly conflicts: readonly ArchiveLine[];
  readonly archive: readonly ArchiveLine[];
  readonly archiveHasMore: boolean;
  readonly archiveTotals: string;
  readonly process: readonly Fact[];
}
