import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { onInterrupt } from './interrupt.js';
import type { Network } from '../network/network.js';

/** What to start. `log` collects standard output and standard error. */
export interface ProcessOptions {
  readonly network: Network;
  readonly command: string;
  readonly args: readonly string[];
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Opens a message channel to a Node program. */
  readonly channel?: boolean;
}

/** One process that this benchmark started and will end. */
export interface Process {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Why it is not running any more, with the end of its log; null while it runs. */
  failure(): string | null;
  /** SIGTERM, after 8 seconds SIGKILL; settles when the process is gone. */
  stop(): Promise<void>;
}

const graceMs = 8000;

/** Starts a process in the network of the run. It leads a process group of its own, so that its children end with it. */
export function startProcess(options: ProcessOptions): Process {
  const [command, args] = options.network.wrap(options.command, options.args);
  const log = openSync(options.log, 'a');
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: options.channel === true ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  let spawnError: Error | null = null;
  child.on('error', (error) => {
    spawnError = error;
  });
  const pid = child.pid;
  if (pid === undefined)
    throw new Error(`Starting "${options.command}" failed: it is not installed or not executable.`);

  const forget = onInterrupt(() => signalGroup(pid, 'SIGKILL'));
  child.once('exit', forget);
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    child,
    failure: () => {
      if (!ended() && spawnError === null) return null;
      const reason = spawnError?.message ?? `exit ${child.exitCode ?? child.signalCode}`;
      return `${options.command} stopped (${reason}): ${tail(options.log)}`;
    },
    stop: async () => {
      if (ended()) return;
      const exit = once(child, 'exit');
      signalGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      await exit;
      clearTimeout(timer);
      signalGroup(pid, 'SIGKILL');
    },
  };
}

/** Signals the group that `startProcess` made; a group that is gone already is fine. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** The last line that names an error, else the last lines. */
function tail(file: string): string {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const error = lines.findLast((line) => /^\S*Error\b/.test(line));
  return (error ?? lines.slice(-4).join(' | ')).slice(-600);
}
