import { test } from 'node:test';
import { startFleet, type Fleet, type FleetOptions } from './fleet.js';

/** A test with a fleet of its own. When it fails, the end of every server's log is printed. */
export function fleetTest(
  title: string,
  setting: FleetOptions & { readonly servers: number; readonly timeoutMs?: number },
  body: (fleet: Fleet) => Promise<void>,
): void {
  test(title, { timeout: setting.timeoutMs ?? 120_000 }, async () => {
    const fleet = await startFleet(setting.servers, setting);
    try {
      await body(fleet);
    } catch (error) {
      console.error(`The servers of "${title}":\n${fleet.logs()}`);
      throw error;
    } finally {
      await fleet.close();
    }
  });
}

/** Tests that share one fleet, each with paths of its own: started by the first and closed by `close`. */
export function sharedFleet(count: number, options: FleetOptions = {}) {
  let starting: Promise<Fleet> | null = null;
  const fleet = (): Promise<Fleet> => (starting ??= startFleet(count, options));
  return {
    test(title: string, body: (fleet: Fleet) => Promise<void>): void {
      test(title, { timeout: 120_000 }, async () => {
        const started = await fleet();
        try {
          await body(started);
        } catch (error) {
          console.error(`The servers of "${title}":\n${started.logs()}`);
          throw error;
        }
      });
    },
    close: async (): Promise<void> => {
      if (starting !== null) await (await starting).close();
    },
  };
}
