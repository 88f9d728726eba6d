import { join, relative } from 'node:path';
import { banner } from './banner.js';
import { freePorts } from './free-ports.js';
import { describeMembers, environmentOf, type Member } from './member.js';
import { fleetSecret } from './secret.js';
import { seedFleet } from './seed.js';
import { startServer, type ServerProcess } from './server-process.js';
import { waitUntilUp } from './wait-until-up.js';

const names = ['alpha', 'bravo', 'charlie'];
const firstPort = 4001;

/** How the fleet is run. */
export interface FleetOptions {
  /** Forget the files, indexes and archives of earlier runs. */
  readonly fresh: boolean;
  /** Where the members' files are. */
  readonly directory: string;
}

/** A running fleet. */
export interface Fleet {
  /** Resolves when no server runs any more. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts three servers on loopback ports, and prints where they are. Rejects when one of them does not come up. */
export async function runFleet(
  { fresh, directory }: FleetOptions,
  print: (text: string) => void,
): Promise<Fleet> {
  const ports = await freePorts(firstPort, names.length);
  const members = describeMembers(names, ports, directory);
  const seeded = await seedFleet(directory, members, { fresh });
  const secret = await fleetSecret(directory);
  let phase: 'starting' | 'up' | 'stopping' = 'starting';
  // While some start and while some stop, each finds others away: that is no news.
  const tell = (name: string, line: string): void => {
    if (phase === 'up' || !line.startsWith('warn')) print(`${name} │ ${line}`);
  };
  const servers = members.map((member) => startServer(member, environmentOf(member, members, secret), tell));
  const stop = async (): Promise<void> => {
    phase = 'stopping';
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    await Promise.all(servers.map(waitUntilUp));
  } catch (error) {
    await stop();
    throw error;
  }
  phase = 'up';
  print(banner(members, seeded));
  for (const server of servers) reportDeath(server, members, () => phase === 'up', print);
  const ended = Promise.all(servers.map((server) => server.ended)).then(() => undefined);
  return { ended, stop };
}

function reportDeath(
  { member, ended }: ServerProcess,
  members: readonly Member[],
  isUnexpected: () => boolean,
  print: (text: string) => void,
): void {
  void ended.then((code) => {
    if (!isUnexpected()) return;
    const others = members.length - 1;
    const how = code === null ? 'was killed' : `ended with code ${code}`;
    const log = relative(process.cwd(), join(member.root, 'server.log'));
    print(
      `${member.name} │ ${how}; the other ${others} go on and keep its changes. Its log: ${log}. ` +
        'To bring it back, press Ctrl-C and run the demo again: nothing is lost.',
    );
  });
}
