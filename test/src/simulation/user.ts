import type { SeededRandom } from '@lockstep/core/testing';
import type { Oracle } from './oracle.js';
import { inTree } from './places.js';
import type { Plan } from './plan.js';
import type { Server } from './server.js';
import { filesAt, kindAt, makeRoom } from './user-disk.js';

/** What people and programs do to the folder of one server, without asking Lockstep. */
export interface User {
  /** Does something that the seed chooses; what it saw and wrote is told to the oracle. */
  act(server: Server): void;
}

export interface UserOptions {
  readonly random: SeededRandom;
  readonly oracle: Oracle;
  readonly plan: Plan;
  readonly trace: (line: string) => void;
}

type Action = (server: Server, path: string) => void;
type Weighted = readonly [weight: number, action: Action];

/** See `User`. */
export function createUser({ random, oracle, plan, trace }: UserOptions): User {
  const { paths } = plan;
  let written = 0;
  const earlier: string[] = [];

  function newContent(server: Server): string {
    if (!plan.isStrict && earlier.length > 0 && random.chance(0.1)) return random.pick(earlier);
    if (!plan.isStrict && random.chance(0.02)) return '';
    written += 1;
    const content = `${written}${server.name}`.padEnd(random.pick([4, 20, 80, 150]), '.');
    earlier.push(content);
    return content;
  }

  function put(server: Server, path: string, content: string, inPlace: boolean): void {
    const { user } = server.disk;
    for (const [old, seen] of filesAt(server, path)) oracle.superseded(old, seen);
    makeRoom(server, oracle, path);
    const hints = newDirectories(server, path);
    user.writeFile(inTree(path), content, { inPlace });
    oracle.wrote(server.name, path, content);
    trace(`${server.name} ${inPlace ? 'writes into' : 'saves'} ${path} "${content.replace(/\.+$/, '')}"`);
    for (const hint of hints) server.hint(hint);
    server.hint(path);
  }

  function remove(server: Server, path: string): void {
    if (kindAt(server, path) === null) return;
    trace(`${server.name} removes ${path}`);
    const files = filesAt(server, path);
    for (const [old, seen] of files) {
      oracle.superseded(old, seen);
      oracle.removed(old);
    }
    server.disk.user.remove(inTree(path));
    for (const [old] of files) if (old !== path) server.hint(old);
    server.hint(path);
  }

  function rename(server: Server, from: string): void {
    const to = random.pick([...paths, 'n', 'm.txt']);
    if (kindAt(server, from) === null || to === from) return;
    if (to.startsWith(`${from}/`) || from.startsWith(`${to}/`)) return;
    const files = filesAt(server, from);
    for (const [old, seen] of [...files, ...filesAt(server, to)]) oracle.superseded(old, seen);
    makeRoom(server, oracle, to);
    if (kindAt(server, to) !== null) server.disk.user.remove(inTree(to));
    trace(`${server.name} renames ${from} to ${to}`);
    const hints = newDirectories(server, to);
    server.disk.user.rename(inTree(from), inTree(to));
    for (const [old, seen] of files) oracle.wrote(server.name, to + old.slice(from.length), seen, old);
    for (const path of [...hints, from, to]) server.hint(path);
  }

  function touch(server: Server, path: string): void {
    if (kindAt(server, path) !== 'file') return;
    const nowMs = server.clock.now();
    trace(`${server.name} touches ${path}`);
    // Whoever touches a file wants it to be as it is.
    for (const [, seen] of filesAt(server, path)) oracle.wrote(server.name, path, seen);
    if (random.chance(0.5)) server.disk.user.chmod(inTree(path), random.pick([0o644, 0o600, 0o755]));
    else
      server.disk.user.setMtime(
        inTree(path),
        random.pick([nowMs, nowMs - 1_000, 1_000_000, nowMs + 100_000]),
      );
    server.hint(path);
  }

  const saves: readonly Weighted[] = [
    [35, (server, path) => put(server, path, newContent(server), false)],
    [20, (server, path) => put(server, path, newContent(server), kindAt(server, path) === 'file')],
  ];
  const actions: readonly Weighted[] = [
    ...saves,
    [18, remove],
    [10, rename],
    [6, touch],
    [5, (server) => remove(server, random.pick(['d', 'e', 'h', 'n']))],
    [5, (server) => rename(server, random.pick(['d', 'e', 'h', 'n']))],
  ];

  const deletions: readonly Weighted[] = [...saves, [35, remove]];

  function actionsAt(server: Server): readonly Weighted[] {
    if (!plan.isStrict) return actions;
    return plan.removes && server.name === plan.nodes[0] ? deletions : saves;
  }

  return {
    act(server) {
      const path = random.pick(paths);
      oracle.decided(server, path);
      const { capacityBytes } = server.disk;
      // The user's own saves are not what a full disk is to test.
      server.disk.capacityBytes = Number.POSITIVE_INFINITY;
      choose(random, actionsAt(server))(server, path);
      server.disk.capacityBytes = capacityBytes;
    },
  };
}

/** Directories that writing this path will make: the watcher reports the topmost. */
function newDirectories(server: Server, path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  const missing = parts
    .map((_, at) => parts.slice(0, at + 1).join('/'))
    .find((above) => kindAt(server, above) === null);
  return missing === undefined ? [] : [missing];
}

function choose(random: SeededRandom, actions: readonly Weighted[]): Action {
  let left = random.fraction() * actions.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, action] of actions) {
    left -= weight;
    if (left < 0) return action;
  }
  throw new RangeError('There is no action to choose.');
}
