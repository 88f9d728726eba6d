import { test } from 'node:test';
import { FaultProxy } from './fault-proxy.js';
import { startFleet, type Fleet, type FleetOptions } from './fleet.js';

const names = ['alpha', 'bravo', 'charlie'];

/** A fleet whose servers reach each other only over links that can break: `links` in the order of the servers behind them. */
export interface FaultyFleet {
  readonly fleet: Fleet;
  /** The link that leads to this server. */
  readonly link: (index: number) => FaultProxy;
  readonly close: () => Promise<void>;
}

/** Starts servers with a `FaultProxy` in front of each. The caller owes `close`. */
export async function startFaultyFleet(count: number, options: FleetOptions = {}): Promise<FaultyFleet> {
  const links = await Promise.all(Array.from({ length: count }, () => FaultProxy.listen()));
  const peers = links.map((link, index) => `${names[index]}=${link.url}/sync`).join(',');
  const env = (name: string): NodeJS.ProcessEnv => ({ LOCKSTEP_PEERS: peers, ...options.env?.(name) });
  const fleet = await startFleet(count, { ...options, env, asleep: true });
  const close = async (): Promise<void> => {
    await Promise.all(links.map((link) => link.close()));
    await fleet.close();
  };
  const link = (index: number): FaultProxy => {
    const found = links[index];
    if (found === undefined) throw new Error(`The fleet has no link ${index}.`);
    return found;
  };
  try {
    for (const [index, server] of fleet.servers.entries()) link(index).aim(server.url);
    if (!options.asleep) await Promise.all(fleet.servers.map((server) => server.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return { fleet, link, close };
}

/** A test with a fleet over breakable links. When it fails, the end of every server's log is printed. */
export function faultTest(
  title: string,
  setting: FleetOptions & { readonly servers: number; readonly timeoutMs?: number },
  body: (faulty: FaultyFleet) => Promise<void>,
): void {
  test(title, { timeout: setting.timeoutMs ?? 120_000 }, async () => {
    const faulty = await startFaultyFleet(setting.servers, setting);
    try {
      await body(faulty);
    } catch (error) {
      console.error(`The servers of "${title}":\n${faulty.fleet.logs()}`);
      throw error;
    } finally {
      await faulty.close();
    }
  });
}
