import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MonitorStatus } from '@lockstep/monitor';
import { eventually } from './eventually.js';
import { ServerFiles } from './server-files.js';

/** The compiled demo server, run as everybody runs it. */
export const serverScript = join(
  dirname(createRequire(import.meta.url).resolve('@lockstep/demo/package.json')),
  'dist',
  'server.js',
);

const startDeadlineMs = 30_000;
const stopDeadlineMs = 15_000;
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** How a server is started. */
export interface ServerOptions {
  readonly name: string;
  readonly root: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  /** Run as this user and group (only root can). */
  readonly user?: number | undefined;
  /** Another script than the demo server. */
  readonly script?: string | undefined;
  /** Another `node`. */
  readonly execPath?: string | undefined;
}

/** The server put together by hand, see `tuned-server.ts`. */
export const tunedScript = fileURLToPath(new URL('tuned-server.js', import.meta.url));

/** One real process of the demo server, and its folders. */
export class TestServer {
  readonly name: string;
  readonly root: string;
  readonly url: string;
  readonly files: ServerFiles;
  readonly #options: ServerOptions;
  #child: ChildProcess | null = null;
  #output = '';

  constructor(options: ServerOptions) {
    this.#options = options;
    this.name = options.name;
    this.root = options.root;
    this.url = `http://127.0.0.1:${options.port}`;
    this.files = new ServerFiles(options.root, options.user);
  }

  /** Everything it has written to its output since it was made. */
  get output(): string {
    return this.#output;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run.`);
    return pid;
  }

  /** Starts the process and waits until it answers. Rejects with its output when it ends before that. */
  async start(): Promise<void> {
    await this.launch();
    await eventually(async () => {
      const child = this.#child;
      if (child === null || child.exitCode !== null) throw new Error(`${this.name} ended.`);
      return (await fetch(`${this.url}/sync/health`)).ok;
    }, startDeadlineMs).catch((error: unknown) => {
      throw new Error(`${this.name} did not come up:\n${this.#output}`, { cause: error });
    });
  }

  /** Starts the process without waiting for anything. */
  async launch(): Promise<void> {
    const { root, env, port, name, user, script = serverScript, execPath } = this.#options;
    await mkdir(root, { recursive: true });
    if (user !== undefined) await chown(root, user, user);
    const child = fork(script, {
      cwd: root,
      silent: true,
      execArgv: ['--enable-source-maps'],
      ...(execPath === undefined ? {} : { execPath }),
      env: {
        PATH: process.env['PATH'],
        HOST: '127.0.0.1',
        PORT: String(port),
        LOCKSTEP_NAME: name,
        LOCKSTEP_ROOT: root,
        ...env,
      },
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
    const keep = (part: Buffer): void => void (this.#output += part.toString());
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.#child = child;
  }

  /** Asks it to end (SIGTERM) and gives its exit code. */
  async stop(): Promise<number | null> {
    this.#child?.kill('SIGTERM');
    return this.ended();
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.ended();
  }

  /** Sends any other signal, such as SIGSTOP. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Its exit code, as soon as it has ended by itself. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === null) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const timer = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
      await once(child, 'exit');
      clearTimeout(timer);
    }
    return child.exitCode;
  }

  /** Waits for a line of its log: lines are written a little later than what they tell. */
  async logs(line: RegExp): Promise<void> {
    await eventually(() => line.test(this.#output) || `the log of ${this.name} has no ${String(line)}`);
  }

  /** What its monitor page shows. */
  async status(): Promise<MonitorStatus> {
    const response = await fetch(`${this.url}/sync-monitor/api/status`);
    if (!response.ok) throw new Error(`${this.name} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as MonitorStatus;
  }
}
