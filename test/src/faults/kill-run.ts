import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createSeededRandom, type SeededRandom } from '@lockstep/core/testing';
import { startFleet, type Fleet } from '../harness/index.js';
import { createHistory, type History } from './history.js';

/** What goes on while servers are killed. */
export type KillWork = 'bulk' | 'large' | 'churn';

interface Run {
  readonly fleet: Fleet;
  readonly history: History;
  readonly random: SeededRandom;
}

const killsPerRun = 3;

/** The longest wait for a kill, in ms: the work is under way then. */
const killWithinMs: Readonly<Record<KillWork, number>> = { bulk: 500, large: 700, churn: 700 };

/**
 * One run: work at every server, `kill -9` of a random one at random moments, restarted at once. In the end all trees must be
 * equal, nothing deleted may be back, and nothing written may be lost. Prints the seed when that fails.
 */
export async function killRun(work: KillWork, seed: number): Promise<void> {
  const random = createSeededRandom(`${work} ${seed}`);
  const fleet = await startFleet(2);
  try {
    const run: Run = { fleet, history: createHistory(fleet), random };
    await run.history.write(0, 'instance/start.txt', 'start');
    await fleet.settled();
    const [deleted] = await Promise.all([works[work](run), killSome(run, work)]);
    await fleet.settled(60_000);
    assert.deepEqual(await run.history.lost(), [], 'lost');
    const tree = await fleet.at(1).files.tree();
    assert.deepEqual(
      deleted.filter((path) => tree.has(path)),
      [],
      'back again although deleted',
    );
  } catch (error) {
    console.error(`killRun('${work}', ${seed}):\n${fleet.logs()}`);
    throw error;
  } finally {
    await fleet.close();
  }
}

async function killSome({ fleet, random }: Run, work: KillWork): Promise<void> {
  for (let nth = 0; nth < killsPerRun; nth++) {
    await delay(random.below(killWithinMs[work]));
    const victim = fleet.at(random.below(2));
    await victim.kill();
    await victim.start();
  }
}

/** Each gives the paths that were deleted for good, by the only server that wrote them. */
const works: Readonly<Record<KillWork, (run: Run) => Promise<readonly string[]>>> = {
  async bulk({ history, random }) {
    for (let i = 0; i < 1_200; i++) {
      await history.write(i % 2, `static/bulk/${i % 40}/${i}.css`, `rule ${i} ${random.id()}`);
    }
    return [];
  },

  async large({ history, random }) {
    for (let i = 0; i < 4; i++) {
      const piece = Buffer.from(random.id().repeat(2_048));
      const content = Buffer.concat(
        Array.from({ length: 96 }, (_, at) => Buffer.from(`${at}${piece.toString()}`)),
      );
      await history.write(i % 2, `static/large/${i}.bin`, content);
      await delay(random.below(200));
    }
    return [];
  },

  async churn({ fleet, history, random }) {
    const deleted: string[] = [];
    for (let i = 0; i < 240; i++) {
      const by = random.below(2);
      if (random.chance(0.3))
        await history.write(by, `instance/shared/${random.below(8)}.txt`, `${i} by ${by}`);
      else await history.write(by, `instance/own-${by}/${random.below(12)}.txt`, `${i} ${random.id()}`);
      if (i % 40 === 39) {
        const path = `instance/short-lived/${i}.txt`;
        await fleet.at(by).files.write(path, `short-lived ${i}`);
        await delay(random.below(100));
        await fleet.at(by).files.remove(path);
        deleted.push(path);
      }
      await delay(random.below(12));
    }
    return deleted;
  },
};
