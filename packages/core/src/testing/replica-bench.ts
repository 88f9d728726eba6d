import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { parsePath } from '../model/parse-path.js';
import type { FileKey } from '../model/path.js';
import { openReplica, type OpenReplicaOptions } from '../node/open-replica.js';
import { isStaged, type Incoming, type ObserveReport, type Replica, type Verdict } from '../replica/index.js';

/** A replica on a real disk, in a temporary folder that goes with the test. */
export interface TestReplica {
  readonly replica: Replica;
  readonly root: string;
  /** Absolute path of `folder/path`. */
  at(file: string): string;
}

/** Opens a replica for one test; its first scan is done, as after a start. */
export async function openTestReplica(
  t: TestContext,
  name: string,
  options: Partial<OpenReplicaOptions> = {},
): Promise<TestReplica> {
  const root = options.root ?? (await mkdtemp(path.join(tmpdir(), 'lockstep-')));
  const replica = await openReplica({ durability: 'os', ...options, root, name });
  t.after(async () => {
    await replica.close();
    await rm(root, { recursive: true, force: true });
  });
  for (const folder of replica.folders) await replica.scan(folder);
  return { replica, root, at: (file) => path.join(root, file) };
}

/** `folder/path` as a key. */
export function fileKey(file: string): FileKey {
  const slash = file.indexOf('/');
  return { folder: file.slice(0, slash), path: parsePath(file.slice(slash + 1)) };
}

/** Observes like the sender does: what is missing is looked at again and confirmed. */
export async function observeAll(replica: Replica, ...files: string[]): Promise<ObserveReport> {
  const hints = files.map((file) => ({ ...fileKey(file), confirmed: false, live: true }));
  const first = await replica.observe(hints);
  const missing = first.missing.map(({ folder, path: gone }) => ({
    folder,
    path: gone,
    confirmed: true,
    live: true,
  }));
  const second = await replica.observe(missing);
  return { ...second, recorded: [...first.recorded, ...second.recorded] };
}

/** Sends everything that `from` has to `to`, with bytes where they are wanted. */
export async function deliverAll(from: Replica, to: Replica): Promise<Verdict[]> {
  const entries = from.index.after(0, 10_000).map((row) => row.entry);
  const offered = await to.receive(
    entries.map((entry) => ({ entry })),
    from.node,
  );
  const wanted: Incoming[] = [];
  for (const [at, entry] of entries.entries()) {
    if (offered[at]?.status !== 'want' || entry.state !== 'live') continue;
    const [bytes] = await from.readSmall([entry]);
    if (!bytes) continue;
    const [staged] = await to.staging.stage([{ folder: entry.folder, digest: entry.digest, bytes }]);
    if (staged && isStaged(staged)) wanted.push({ entry, staged });
  }
  const uploaded = await to.receive(wanted, from.node);
  return [...offered.filter(({ status }) => status !== 'want'), ...uploaded];
}
