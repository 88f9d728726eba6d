import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePorts } from './free-ports.js';
import { TestServer } from './server.js';
import { differences } from './tree.js';

const names = ['alpha', 'bravo', 'charlie', 'delta', 'echo'];

/** How a fleet is started. */
export interface FleetOptions {
  /** Further environment for all, or for one server by its name. */
  readonly env?: (name: string) => NodeJS.ProcessEnv;
  /** Run the servers as this user (only root can). */
  readonly user?: number | undefined;
  /** Another script than the demo server. */
  readonly script?: string | undefined;
  /** Another `node`. */
  readonly execPath?: string | undefined;
  /** Do not start the processes yet. */
  readonly asleep?: boolean;
}

/** Several servers with one secret, each the peer of every other, in a temporary directory. */
export class Fleet {
  constructor(
    readonly servers: readonly TestServer[],
    readonly directory: string,
    readonly secret: string,
  ) {}

  /** The server in this place of the list. */
  at(index: number): TestServer {
    const server = this.servers[index];
    if (server === undefined) throw new Error(`The fleet has no server ${index}.`);
    return server;
  }

  /** Waits until all servers (or these) have equal trees: bytes, modes and mtimes. */
  async equal(deadlineMs = 20_000, servers = this.servers): Promise<void> {
    await eventually(async () => {
      const [first, ...others] = servers;
      if (first === undefined) return true;
      const tree = await first.files.tree();
      for (const other of others) {
        const found = differences(tree, await other.files.tree(), [first.name, other.name]);
        if (found.length > 0) return `${found.length} files differ:\n${found.slice(0, 5).join('\n')}`;
      }
      return true;
    }, deadlineMs);
  }

  /** Waits until trees are equal and no server has anything left to deliver. */
  async settled(deadlineMs = 20_000, servers = this.servers): Promise<void> {
    await this.equal(deadlineMs, servers);
    await eventually(async () => {
      for (const server of servers) {
        const { state, queue } = await server.status();
        if (state.word !== 'in-step' || queue.changes + queue.hints + queue.deferred + queue.inFlight > 0) {
          return `${server.name} is ${state.word}: ${state.detail} ${JSON.stringify(queue)}`;
        }
      }
      return true;
    }, deadlineMs);
  }

  /** Ends all processes and removes their files. */
  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    await rm(this.directory, { recursive: true, force: true });
  }

  /** The end of every server's log, for a failed test. */
  logs(lines = 25): string {
    return this.servers
      .map(({ name, output }) => `── ${name}\n${output.split('\n').slice(-lines).join('\n')}`)
      .join('\n');
  }
}

/** Starts `count` servers and waits until each answers. The caller owes `close`. */
export async function startFleet(count: number, options: FleetOptions = {}): Promise<Fleet> {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-fleet-'));
  await chmod(directory, 0o755); // other users' servers must be able to enter
  const ports = await freePorts(count);
  const secret = randomBytes(32).toString('hex');
  const peers = ports.map((port, index) => `${names[index]}=http://127.0.0.1:${port}/sync`).join(',');
  const servers = ports.map((port, index) => {
    const name = names[index] ?? `node-${index}`;
    const env = { LOCKSTEP_PEERS: peers, LOCKSTEP_SECRET: secret, ...options.env?.(name) };
    return new TestServer({
      name,
      root: join(directory, name),
      port,
      env,
      user: options.user,
      script: options.script,
      execPath: options.execPath,
    });
  });
  const fleet = new Fleet(servers, directory, secret);
  if (options.asleep) return fleet;
  try {
    await Promise.all(servers.map((server) => server.start()));
  } catch (error) {
    await fleet.close();
    throw error;
  }
  return fleet;
}
