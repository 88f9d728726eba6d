import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { readLogLine } from './log-line.js';
import type { Member } from './member.js';

const script = join(import.meta.dirname, '..', 'server.js');
const stopWithinMs = 8000;

/** A running member. */
export interface ServerProcess {
  readonly member: Member;
  /** Resolves with the exit code (null after a signal). */
  readonly ended: Promise<number | null>;
  /** Asks it to end, and ends it by force after 8 s. */
  stop(): Promise<void>;
}

/** Starts a member in a process of its own: its log goes to its file, warnings and errors also to `tell`. */
export function startServer(
  member: Member,
  env: NodeJS.ProcessEnv,
  tell: (name: string, line: string) => void,
): ServerProcess {
  // The channel ends with the fleet, however that ends: a server of a killed fleet stops by itself.
  const child = fork(script, {
    env,
    cwd: member.root,
    silent: true,
    execArgv: ['--enable-source-maps'],
  });
  const file = createWriteStream(member.logFile, { flags: 'a' });
  readLines(child.stdout, (line) => {
    file.write(`${line}\n`);
    const { level, message } = readLogLine(line);
    if (level === 'warn' || level === 'error') tell(member.name, `${level}: ${message}`);
  });
  readLines(child.stderr, (line) => {
    file.write(`${line}\n`);
    tell(member.name, line);
  });
  const ended = once(child, 'exit').then(([code]: unknown[]) => {
    file.end();
    return typeof code === 'number' ? code : null;
  });

  return {
    member,
    ended,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = new AbortController();
      const late = delay(stopWithinMs, undefined, { signal: timer.signal }).then(
        () => void child.kill('SIGKILL'),
        () => undefined,
      );
      await Promise.race([ended, late]);
      timer.abort();
      await ended;
    },
  };
}

function readLines(stream: Readable | null, take: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', take);
}
