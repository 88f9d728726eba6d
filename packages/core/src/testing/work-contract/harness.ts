import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { parsePath } from '../../model/parse-path.js';
import type { Stamp } from '../../model/entry.js';
import type { Digest, FileKey } from '../../model/path.js';
import type {
  CommitOutcome,
  CommitPlan,
  FolderPlace,
  IgnoreSpec,
  Listed,
  Listing,
  Seen,
  SeenFile,
  Staged,
  Work,
} from '../../ports/work.js';
import { hashBytes } from '../../work/hash.js';
import type { DiskUser } from '../fake-disk.js';

/** The jobs under test, a user of the same disk, and where everything lies below `base`. */
export interface WorkBench {
  readonly work: Work;
  readonly user: DiskUser;
  /** Absolute; holds the folder roots, staging, archive and `outside`. */
  readonly base: string;
}

/** Opens an empty bench; its owner is told when the test ends. */
export type OpenWork = (t: TestContext) => WorkBench | Promise<WorkBench>;

/** The folders of a bench. */
export function placesIn(base: string): FolderPlace[] {
  return ['static', 'templates'].map((folder) => {
    return { folder, root: `${base}/${folder}`, staging: `${base}/state/staging/${folder}` };
  });
}

/** Where a bench keeps its archive. */
export function archiveIn(base: string): string {
  return `${base}/state/archive`;
}

/** No rules beside the built-in ones. */
export const noRules: IgnoreSpec = { patterns: [], syncignore: {}, maxFileBytes: 1 << 30 };

/** No limits for a look at files. */
export const allBytes = { maxFileBytes: 1 << 30, keepBytesUpTo: 1 << 20 };

/** The mode and mtime that plans give when a test does not care. */
export const attributes = { mode: 0o644, mtimeMs: 1_700_000_000_123 };

/** A file of the folder `static`. */
export function fileAt(path: string, folder = 'static'): FileKey {
  return { folder, path: parsePath(path) };
}

/** The digest of a text. */
export function digestOf(text: string | Uint8Array): Digest {
  return hashBytes(typeof text === 'string' ? Buffer.from(text) : text);
}

/** A listing and all its files, at once. */
export async function listAll(
  work: Work,
  options: Parameters<Work['list']>[1] = { ignore: noRules },
): Promise<Listing & { readonly all: readonly Listed[] }> {
  const all: Listed[] = [];
  const listing = await work.list('static', options, (files) => {
    all.push(...files);
    return Promise.resolve();
  });
  assert.equal(listing.files, all.length);
  return { ...listing, all };
}

/** Looks at one file. */
export async function look(work: Work, path: string): Promise<Seen> {
  const [seen] = await work.inspect([fileAt(path)], allBytes);
  assert.ok(seen);
  return seen;
}

/** Looks at one file that is to be there. */
export async function lookAtFile(work: Work, path: string): Promise<SeenFile> {
  const seen = await look(work, path);
  assert.equal(seen.kind, 'file');
  return seen;
}

/** Stages one text. */
export async function stageText(work: Work, text: string, folder = 'static'): Promise<Staged> {
  const [staged] = await work.stage([{ folder, digest: digestOf(text), bytes: Buffer.from(text) }]);
  assert.ok(staged && 'name' in staged, JSON.stringify(staged));
  return staged;
}

/** A plan that writes a text to a path that is to be absent, or to hold what `old` shows. */
export async function planWrite(work: Work, path: string, text: string, old?: SeenFile): Promise<CommitPlan> {
  const staged = await stageText(work, text);
  const before = { expected: old?.stamp ?? null, archiveOld: old?.digest ?? null };
  return { do: 'write', file: fileAt(path), staged, ...attributes, ...before };
}

/** A plan that deletes what `old` shows. */
export function planDelete(path: string, old: SeenFile | null, keptParents = 0): CommitPlan {
  const before = { expected: old?.stamp ?? null, archiveOld: old?.digest ?? null };
  return { do: 'delete', file: fileAt(path), keptParents, ...before };
}

/** Commits one plan. */
export async function commitOne(work: Work, plan: CommitPlan): Promise<CommitOutcome> {
  const [outcome] = await work.commit([plan]);
  assert.ok(outcome);
  return outcome;
}

/** Asserts that a plan went through and gives the new stamp. */
export function committed(outcome: CommitOutcome | undefined): Stamp | null {
  assert.equal(outcome?.done, 'committed', JSON.stringify(outcome));
  return outcome.stamp;
}

/** The texts of all files below a directory of the bench. */
export function textsIn(user: DiskUser, path: string): Record<string, string> {
  const texts = [...user.files(path)].map(([at, { bytes }]) => [at, Buffer.from(bytes).toString()] as const);
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}
