import { spawnSync } from 'node:child_process';
import { arch, cpus, release, totalmem } from 'node:os';

/** On what and with what was measured. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly fileSystem: string;
  readonly node: string;
  readonly commit: string;
  /** First line of each tool's own version text. */
  readonly tools: Readonly<Record<string, string>>;
}

const versionArguments: Readonly<Record<string, readonly string[]>> = {
  rsync: ['--version'],
  lsyncd: ['--version'],
  syncthing: ['--version'],
  unison: ['-version'],
};

/** @param directory where the trees are made */
export function describeMachine(directory: string): Machine {
  const tools = Object.entries(versionArguments).map(
    ([name, args]) => [name, firstLine(name, args)] as const,
  );
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${release()} ${arch()}`,
    fileSystem: firstLine('stat', ['-f', '-c', '%T', directory]),
    node: process.version,
    commit: firstLine('git', ['rev-parse', '--short', 'HEAD']),
    tools: Object.fromEntries([...tools, ['csync2', debianVersion('csync2')]]),
  };
}

/** csync2 prints no version of its own that tells releases apart. */
function debianVersion(name: string): string {
  return firstLine('dpkg-query', ['-W', '-f', '${Version}', name]);
}

function firstLine(command: string, args: readonly string[]): string {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? (stdout.trim().split('\n')[0] ?? '') : 'not installed';
}
