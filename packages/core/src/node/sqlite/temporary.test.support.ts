import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Log } from '../../ports/log.js';
import { createFakeClock, type FakeClock } from '../../testing/fake-clock.js';
import { systemRandom } from '../random.js';
import { openSqliteIndex, type SqliteIndex } from './open-sqlite-index.js';

/** A directory for one test, removed at its end. */
export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-index-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A log that keeps its lines, and the means to open indexes that write into it. */
export interface Bench {
  readonly file: string;
  readonly clock: FakeClock;
  /** `level: message` of every line so far. */
  readonly lines: string[];
  /** Opens the index of this file; it is closed when the test ends. */
  readonly open: (options?: { readonly node?: string; readonly durability?: 'fsync' | 'os' }) => SqliteIndex;
}

/** An index file of its own for one test. */
export function createBench(t: TestContext): Bench {
  const file = join(temporaryDirectory(t), 'state', 'index.db');
  const clock = createFakeClock();
  const lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  return {
    file,
    clock,
    lines,
    open: ({ node = 'a', durability = 'fsync' } = {}) => {
      const index = openSqliteIndex({ file, node, durability, random: systemRandom, clock, log });
      t.after(() => index.close());
      return index;
    },
  };
}
