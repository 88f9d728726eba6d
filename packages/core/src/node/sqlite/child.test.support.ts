import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** A process of `sqlite-index.test.child`. */
export interface Child {
  /** The next line it says; rejects when it ends without one. */
  line(): Promise<string>;
  /** Ends it at once, and resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts a child for one test; it is killed when the test ends. */
export function startChild(t: TestContext, ...args: readonly string[]): Child {
  const script = fileURLToPath(new URL('sqlite-index.test.child.js', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  t.after(kill);
  return {
    kill,
    line: async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`The child ended before it said anything: ${args.join(' ')}`);
      return next.value;
    },
  };
}
