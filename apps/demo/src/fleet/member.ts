import { join } from 'node:path';

/** One server of the fleet, and where its files are. */
export interface Member {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** Its own copy of the folders, as on a machine of its own. */
  readonly root: string;
  readonly logFile: string;
}

/** The members for these names and ports, below one directory. */
export function describeMembers(
  names: readonly string[],
  ports: readonly number[],
  directory: string,
): readonly Member[] {
  return names.map((name, index) => {
    const port = ports[index] ?? 0;
    const root = join(directory, name);
    return { name, port, url: `http://127.0.0.1:${port}`, root, logFile: join(root, 'server.log') };
  });
}

/** The environment of one member: the same list of peers and the same secret for all. */
export function environmentOf(member: Member, members: readonly Member[], secret: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.toUpperCase().startsWith('LOCKSTEP_'),
  );
  return {
    ...Object.fromEntries(inherited),
    HOST: '127.0.0.1',
    PORT: String(member.port),
    LOCKSTEP_NAME: member.name,
    LOCKSTEP_ROOT: member.root,
    LOCKSTEP_PEERS: members.map(({ name, url }) => `${name}=${url}/sync`).join(','),
    LOCKSTEP_SECRET: secret,
  };
}
