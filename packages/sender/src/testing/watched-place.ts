import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { CreateWatcher } from '../watch/watcher.js';
import { eventually } from './eventually.js';
import { createFollower } from './follower.js';

/** A directory in which a test changes files, and what a watcher said of it. */
export interface Place {
  path(relative: string): string;
  write(relative: string, content: string): void;
  /** Resolves when this very path was hinted since the last `forget`. */
  hears(path: string): Promise<void>;
  /** Resolves when the follower has the tree as it is. */
  isFollowed(): Promise<void>;
  /** Resolves when no hint came for a while. */
  isQuiet(): Promise<void>;
  forget(): void;
  hinted(): string[];
  unarmed(): readonly string[];
  close(): Promise<void>;
}

/** Watches a new temporary directory until the test ends. */
export async function watchPlace(
  t: TestContext,
  createWatcher: CreateWatcher,
  files: Readonly<Record<string, string>> = {},
  left: readonly string[] = [],
): Promise<Place> {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-watch-'));
  const hints = new Set<string>();
  const follower = createFollower(root);
  let lastMs = performance.now();
  const path = (relative: string): string => join(root, relative);
  const write = (relative: string, content: string): void => {
    mkdirSync(dirname(path(relative)), { recursive: true });
    writeFileSync(path(relative), content);
  };
  for (const [file, content] of Object.entries(files)) write(file, content);
  follower.look('');
  const hear = (hint: string): void => {
    hints.add(hint);
    follower.hint(hint);
    lastMs = performance.now();
  };
  const watcher = createWatcher();
  await watcher.start(root, {
    onHint: hear,
    onDoubt: () => hear(''),
    onTrouble: ({ message }) => assert.fail(message),
    skipsDirectory: (directory) => left.includes(directory),
  });
  t.after(async () => {
    await watcher.close();
    follower.close();
    rmSync(root, { recursive: true, force: true });
  });
  return {
    path,
    write,
    hears: (each) =>
      eventually(
        () => hints.has(each),
        () => `${each} is not hinted`,
      ),
    isFollowed: () =>
      eventually(
        () => follower.missed() === null,
        () => `missed: ${follower.missed() ?? 'nothing'}`,
        100,
      ),
    isQuiet: () =>
      eventually(
        () => performance.now() - lastMs > 300,
        () => 'the watcher never rests',
      ),
    forget: () => hints.clear(),
    hinted: () => [...hints],
    unarmed: () => watcher.unarmed(),
    close: () => watcher.close(),
  };
}
