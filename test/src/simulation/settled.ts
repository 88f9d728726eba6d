import { keyOf, type Entry, type IndexStore } from '@lockstep/core';
import type { PeerLoop } from '@lockstep/sender/testing';
import { folder, treeRoot } from './places.js';
import type { Server } from './server.js';

/** True when every server is up, has nothing left to do, and agrees with all others. */
export function isQuiet(servers: readonly Server[]): boolean {
  return servers.every((server) => workOf(server).length === 0) && differences(servers).length === 0;
}

/** What a server still has to do, a line each. */
export function workOf({ name, process }: Server): string[] {
  if (process === null) return [`${name} is down`];
  const { index } = process.replica;
  const paths = process.observer.pending;
  return [
    ...(paths > 0 ? [`${name} has ${paths} paths to look at`] : []),
    ...index.holds
      .list()
      .map((hold) => `${name} holds ${hold.paths.join()} of ${hold.peer ?? 'its own'}: ${hold.reason}`),
    ...process.loops.flatMap((loop) => workFor(name, loop, index)),
  ];
}

function workFor(
  name: string,
  { state, name: peer, delivery, problem }: PeerLoop,
  { deferred }: IndexStore,
): string[] {
  const to = `${name} to ${peer}`;
  const rows = peer === null ? [] : deferred.list(peer);
  return [
    ...(state === 'up' ? [] : [`${to}: ${state} ${problem?.message ?? ''}`]),
    ...(delivery?.outbox.isEmpty === false ? [`${to}: ${delivery.outbox.lag().changes} changes wait`] : []),
    ...(delivery !== undefined && delivery.flights.size > 0
      ? [`${to}: ${delivery.flights.size} requests`]
      : []),
    ...rows.map(
      ({ path, code, attempts, message }) => `${to}: ${path} deferred ${attempts} times, ${code} ${message}`,
    ),
  ];
}

/** Where the servers differ from the first, or a server's index from its own disk. */
export function differences(servers: readonly Server[]): string[] {
  const [first, ...others] = servers;
  if (first === undefined) return [];
  return [
    ...servers.flatMap(indexAgainstDisk),
    ...others.flatMap((server) =>
      compareMaps(filesOf(first), filesOf(server), `${first.name}/${server.name} disk`),
    ),
    ...others.flatMap((server) =>
      compareMaps(rowsOf(first), rowsOf(server), `${first.name}/${server.name} index`),
    ),
  ];
}

function filesOf(server: Server): Map<string, string> {
  return new Map(
    [...server.disk.user.files(treeRoot)].map(([path, { bytes, mode, mtimeMs }]) => [
      path,
      `${new TextDecoder().decode(bytes)} ${mode.toString(8)} ${mtimeMs}`,
    ]),
  );
}

function rowsOf(server: Server): Map<string, string> {
  const live = server.index.rows(folder).filter(({ entry }) => entry.state === 'live');
  return new Map(live.map(({ entry }) => [keyOf(entry), describe(entry)]));
}

function describe(entry: Entry): string {
  const version = [...entry.version].map(([node, counter]) => `${node}${counter}`).sort();
  const content =
    entry.state === 'live' ? `${entry.digest.slice(0, 8)} ${entry.mode} ${entry.mtimeMs}` : 'deleted';
  return `${content} {${version.join()}}`;
}

function indexAgainstDisk(server: Server): string[] {
  const live = server.index.rows(folder).filter(({ entry }) => entry.state === 'live');
  const files = filesOf(server);
  const missing = live.filter(({ entry }) => !files.has(entry.path)).map(({ entry }) => entry.path);
  const rows = new Set(live.map(({ entry }) => `${entry.path}`));
  const unknown = [...files.keys()].filter((path) => !rows.has(path));
  return [
    ...missing.map((path) => `${server.name}: ${path} is in the index and not on the disk`),
    ...unknown.map((path) => `${server.name}: ${path} is on the disk and not in the index`),
  ];
}

function compareMaps(
  left: ReadonlyMap<string, string>,
  right: ReadonlyMap<string, string>,
  where: string,
): string[] {
  const paths = new Set([...left.keys(), ...right.keys()]);
  return [...paths]
    .filter((path) => left.get(path) !== right.get(path))
    .map(
      (path) =>
        `${where}: ${path.replace('\0', '/')} is ${left.get(path) ?? 'absent'} / ${right.get(path) ?? 'absent'}`,
    );
}
