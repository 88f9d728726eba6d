import { giveWay } from '../measure/proc.js';
import { formatCount, type Scale } from '../plan/scale.js';
import type { Workload } from '../plan/stage.js';
import { arrival, burstPaths } from './burst.js';
import { fill } from './content.js';

const leaving = 0;
const arriving = 1;

/**
 * What the app around the tool feels while many files leave one server and arrive at another. When two processors serve both, an event loop
 * waits for them more than for its own tasks; so each side is also measured with the other one giving way, as if it were elsewhere.
 */
export function eventLoop(scale: Scale): Workload[] {
  const files = formatCount(scale.burstFiles);
  return [
    oneWay(scale, {
      id: 'event-loop',
      title: `the app's event loop while ${files} files leave and arrive`,
      gives: null,
    }),
    oneWay(scale, {
      ...{ id: 'event-loop-leaving', gives: arriving },
      title: `the same where ${files} files leave, the other server giving way (nice)`,
    }),
    oneWay(scale, {
      ...{ id: 'event-loop-arriving', gives: leaving },
      title: `the same where ${files} files arrive, the other server giving way (nice)`,
    }),
  ];
}

/** `gives`: the server that gives way; the other one is measured. Null: both are measured, and the worse one counts. */
function oneWay(
  scale: Scale,
  { id, title, gives }: { readonly id: string; readonly title: string; readonly gives: number | null },
): Workload {
  return {
    ...{ id, title, peers: 1 },
    suits: (rival) => rival.id.startsWith('lockstep'),
    seed: ({ scratch }) => {
      fill(scratch, burstPaths(scale.burstFiles, scale.burstFolders), 4096);
    },
    run: async (stage) => {
      await stage.start();
      if (gives !== null) giveWay(stage.running().pidsOf?.(gives) ?? []);
      const ask = async (node: number, action: 'reset' | 'read') => stage.running().loopDelay?.(node, action);
      const measured = [leaving, arriving].filter((node) => node !== gives);
      await Promise.all(measured.map((node) => ask(node, 'reset')));
      await arrival(stage, burstPaths(scale.burstFiles, scale.burstFolders));
      const delays = await Promise.all(measured.map((node) => ask(node, 'read')));
      const worst = Math.max(...delays.map((delay) => delay?.p99 ?? Number.NaN));
      return [
        { name: 'p99 delay', value: worst, unit: 'ms' },
        ...measured.flatMap((node, at) => {
          const name = node === leaving ? 'leaving' : 'arriving';
          return [
            { name: `${name} p99`, value: delays[at]?.p99 ?? Number.NaN, unit: 'ms' } as const,
            { name: `${name} max`, value: delays[at]?.max ?? Number.NaN, unit: 'ms' } as const,
          ];
        }),
      ];
    },
  };
}
