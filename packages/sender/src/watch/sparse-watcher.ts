import { FSWatcher } from 'chokidar';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** A directory that stays busy is listed again after this many times the duration of its last listing. */
const restFactor = 10;
const shortestRestMs = 20;

/** Directories whose last listing is remembered. */
const maxRemembered = 10_000;

interface Listing {
  readonly endedMs: number;
  readonly tookMs: number;
}

type DirectoryStream = ReturnType<FSWatcher['_readdirp']>;

/**
 * chokidar for directories only. Its own listing stats every file of a directory at every event in it, which costs more than the
 * rest of a busy folder's synchronisation together; this one reads the names, gives directories only, and lets a busy directory rest
 * between listings. It also says when a directory is armed: chokidar's `addDir` comes before, and what is written in between is
 * heard by nobody. Held by the watcher contract to chokidar 5, since both methods are internal there.
 */
export class SparseWatcher extends FSWatcher {
  readonly #skips: (path: string) => boolean;
  readonly #onArmed: (path: string) => void;
  readonly #listings = new Map<string, Listing>();

  /** @param skips absolute path of a directory → leave it out; @param onArmed gets the absolute path */
  constructor(skips: (path: string) => boolean, onArmed: (path: string) => void) {
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
    this.#onArmed = onArmed;
  }

  override _addPathCloser(path: string, closer: () => void): void {
    super._addPathCloser(path, closer);
    if (!this.closed) this.#onArmed(path);
  }

  override _readdirp(root: string): DirectoryStream {
    if (this.closed) return undefined;
    const stream = Readable.from(this.#directories(root), { objectMode: true });
    this._streams.add(stream as NonNullable<DirectoryStream>);
    stream.once('close', () => this._streams.delete(stream as NonNullable<DirectoryStream>));
    // chokidar reads `path`, `stats.isSymbolicLink()` and the stream's events, no more.
    return stream as NonNullable<DirectoryStream>;
  }

  async *#directories(root: string): AsyncGenerator<{ path: string; fullPath: string; stats: unknown }> {
    await this.#rest(root);
    const startedMs = performance.now();
    const entries = await list(root);
    this.#remember(root, { endedMs: performance.now(), tookMs: performance.now() - startedMs });
    for (const entry of entries) {
      const fullPath = join(root, entry.name);
      if (entry.isDirectory() && !this.#skips(fullPath)) yield { path: entry.name, fullPath, stats: entry };
    }
  }

  async #rest(root: string): Promise<void> {
    const last = this.#listings.get(root);
    if (last === undefined) return;
    const untilMs = last.endedMs + Math.max(shortestRestMs, last.tookMs * restFactor);
    const waitMs = untilMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
  }

  #remember(root: string, listing: Listing): void {
    this.#listings.delete(root);
    this.#listings.set(root, listing);
    if (this.#listings.size <= maxRemembered) return;
    const [oldest] = this.#listings.keys();
    if (oldest !== undefined) this.#listings.delete(oldest);
  }
}

async function list(root: string): Promise<Awaited<ReturnType<typeof readDirents>>> {
  try {
    return await readDirents(root);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Gone, replaced by a file, or closed to us: there are no directories to watch in it. The scan tells of the latter.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM') return [];
    throw error;
  }
}

function readDirents(root: string) {
  return readdir(root, { withFileTypes: true });
}
