import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runFleet } from './fleet/run-fleet.js';

const usage = 'Usage: npm run demo [-- --fresh]   (--fresh: forget the files of earlier runs)';

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Runs the fleet of three until it is interrupted. */
async function main(): Promise<void> {
  const fresh = readArguments();
  if (fresh === null) return;
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const fleet = await runFleet({ fresh, directory: join(process.cwd(), '.fleet') }, print);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      print('Stopping …');
      void fleet.stop();
    });
  }
  await fleet.ended;
}

/** Whether to start over; null when the arguments are wrong. */
function readArguments(): boolean | null {
  try {
    const { values } = parseArgs({ options: { fresh: { type: 'boolean', default: false } } });
    return values.fresh;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exitCode = 2;
    return null;
  }
}
