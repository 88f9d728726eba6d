import type { Clock } from '@lockstep/core';
import { FSWatcher } from 'chokidar';
import { lstatSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createArming, type Arming } from './arming.js';
import { createArmingPace, type ArmingPace } from './arming-pace.js';
import { createListingRest } from './listing-rest.js';

/** More than Node's timers can wait would be no time at all. */
const longestTimerMs = 2 ** 31 - 1;

/** New directories that chokidar meets in one turn of the event loop: each costs it some 0.1 ms. */
const directoriesPerTurn = 16;

type DirectoryStream = NonNullable<ReturnType<FSWatcher['_readdirp']>>;

type Throttle = Exclude<ReturnType<FSWatcher['_throttle']>, false>;

/** What chokidar reads of a listed directory. */
interface ListedDirectory {
  readonly path: string;
  readonly fullPath: string;
  readonly stats: Dirent;
}

/**
 * chokidar for directories only. Its own listing stats every file of a directory at every event in it, which costs more than the
 * rest of a busy folder's synchronisation together; this one reads the names, gives directories only, and lets a busy directory rest
 * between listings. It also sees when another directory stands under an old name, where chokidar stays deaf, and says when a
 * directory is armed: chokidar's `addDir` comes before, and what is written in between is heard by nobody. A directory that changed
 * between its listing and its arming is listed again: what was made in it then would stay deaf. The methods that it overrides and
 * calls are internal to chokidar 5; the watcher contract holds them.
 */
export class SparseWatcher extends FSWatcher {
  readonly #skips: (path: string) => boolean;
  readonly #onArmed: (path: string) => void;
  readonly #rest = createListingRest();
  readonly #arming: Arming;
  readonly #pace: ArmingPace;
  /** Whether all that was there at first is armed. */
  #isReady = false;
  /** Inode and birth of each directory as it was listed before it was armed. */
  readonly #identities = new Map<string, string>();
  /** Directories that said something of themselves: they were deleted or moved away, most likely. */
  readonly #suspects = new Set<string>();

  /** @param skips absolute path of a directory → leave it out; @param onArmed gets the absolute path */
  constructor(clock: Clock, skips: (path: string) => boolean, onArmed: (path: string) => void) {
    super({
      persistent: true,
      ignoreInitial: true,
      followSymlinks: false,
      ignorePermissionErrors: true,
      atomic: false,
      usePolling: false,
      ignored: (path, stats) => (stats === undefined ? false : !stats.isDirectory() || skips(path)),
    });
    this.#skips = skips;
    this.#arming = createArming(clock, (directory) => this._closers.has(directory));
    this.#pace = createArmingPace(clock);
    this.#onArmed = onArmed;
    this.#followArming();
  }

  /** A raw event named the watched directory itself (or a child of the same name, which costs one arming for nothing). */
  suspect(directory: string): void {
    this.#suspects.add(directory);
  }

  /** Something happened to this path in a directory that is armed. */
  stirred(path: string): void {
    this.#arming.stirred(path);
  }

  /** Directories that were heard of and are not armed yet. */
  unarmed(): readonly string[] {
    return this.#arming.unarmed().filter((path) => !this.#skips(path));
  }

  override _addPathCloser(path: string, closer: () => void): void {
    super._addPathCloser(path, closer);
    if (this.closed) return;
    if (this.#arming.armed(path)) this.#listAgain(path);
    this.#onArmed(path);
  }

  /**
   * A directory in which something happens while it is listed is listed once more. chokidar forgets both after a second: in a listing that
   * takes longer a new directory would stay deaf, and a second listing beside it would take what only one of them saw for deleted.
   */
  override _throttle(...[action, path, ms]: Parameters<FSWatcher['_throttle']>): Throttle | false {
    if (action !== 'readdir') return super._throttle(action, path, ms);
    const throttle = super._throttle(action, path, longestTimerMs);
    if (throttle) throttle.timeoutObject.unref();
    return throttle;
  }

  override _readdirp(root: string): DirectoryStream | undefined {
    if (this.closed) return undefined;
    const listing = this.#listingOf(root);
    // chokidar reads the entries' fields above and the stream's events, no more.
    const stream = Readable.from(this.#directories(root), { objectMode: true }) as unknown as DirectoryStream;
    this._streams.add(stream);
    stream.once('close', () => {
      this._streams.delete(stream);
      // One that failed did not say so.
      if (this.#listingOf(root) === listing) listing?.clear();
    });
    return stream;
  }

  /** What holds further listings of this directory back while one is under way. */
  #listingOf(root: string): Throttle | undefined {
    return (this._throttled.get('readdir') as Map<string, Throttle> | undefined)?.get(root);
  }

  async *#directories(root: string): AsyncGenerator<ListedDirectory> {
    await this.#rest.before(root);
    const listed = this.#arming.listing(root);
    let looked = 0;
    try {
      for (const entry of await this.#rest.timed(root, () => list(root))) {
        const fullPath = join(root, entry.name);
        if (!entry.isDirectory() || this.#skips(fullPath)) continue;
        looked += 1;
        if (looked % directoriesPerTurn === 0) await nextTurn();
        const identity = identityOf(fullPath);
        if (identity === null) continue;
        if (this.#isAnother(fullPath, identity)) this.#forget(fullPath);
        this.#identities.set(fullPath, identity);
        this.#arming.found(fullPath);
        if (!this.#isReady) await this.#pace.room(root);
        if (!this.#isReady && !this._getWatchedDir(root).has(entry.name)) this.#pace.begin(root, fullPath);
        yield { path: entry.name, fullPath, stats: entry };
      }
    } finally {
      listed();
    }
  }

  /** Of a new tree, later on, every directory is to be heard as soon as it can be: the pace is for the first arming. */
  #followArming(): void {
    this.once('ready', () => (this.#isReady = true));
    const handler = this._nodeFsHandler;
    const add = handler._addToNodeFs.bind(handler);
    handler._addToNodeFs = async (path, ...others) => {
      try {
        return await add(path, ...others);
      } finally {
        this.#pace.done(path);
      }
    };
  }

  #isAnother(path: string, identity: string): boolean {
    const known = this.#identities.get(path);
    return this.#suspects.delete(path) || (known !== undefined && known !== identity);
  }

  /** Ends the watches at and below a path, so that chokidar meets it as a new directory. */
  #forget(path: string): void {
    for (const watched of [...this._watched.keys()]) {
      if (watched !== path && !watched.startsWith(`${path}/`)) continue;
      this._closeFile(watched);
      this._watched.delete(watched);
      this.#identities.delete(watched);
      this.#suspects.delete(watched);
      this.#arming.forget(watched);
    }
    void this._getWatchedDir(dirname(path)).remove(basename(path));
  }

  /** As chokidar does at an event in the directory. The last argument is replaced by the throttler that it makes. */
  #listAgain(path: string): void {
    const helpers = this._getWatchHelpers(path);
    void this._nodeFsHandler._handleRead(path, false, helpers, undefined, path, 0, undefined as never);
  }
}

async function list(root: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(root, { withFileTypes: true });
  } catch (error) {
    // Gone, replaced by a file, or closed to us: there are no directories to watch in it. The scan tells of the latter.
    if (hasCode(error, ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'])) return [];
    throw error;
  }
}

/**
 * Inodes are used again at once; with the time of birth they are not mistaken. Synchronous, since it is answered from memory:
 * a promise for each directory of a large tree costs more than twice the time of the event loop (18 µs instead of 7).
 */
function identityOf(path: string): string | null {
  try {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? null : `${stats.ino}:${stats.birthtimeNs}`;
  } catch (error) {
    if (hasCode(error, ['ENOTDIR', 'EACCES', 'EPERM'])) return null;
    throw error;
  }
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}
