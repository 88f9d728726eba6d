import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createJobs } from './jobs.js';

interface Step {
  readonly started: boolean;
  end(): void;
}

function step(): Step & { run: () => Promise<void> } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const made = {
    started: false,
    end: () => end(),
    run: () => {
      made.started = true;
      return ended;
    },
  };
  return made;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Jobs', () => {
  it('run in order, no more at once than were asked for', async () => {
    const jobs = createJobs(2);
    const steps = [step(), step(), step()];
    for (const { run } of steps) jobs.add(run);
    assert.deepEqual(
      steps.map(({ started }) => started),
      [true, true, false],
    );
    steps[1]?.end();
    await turn();
    assert.deepEqual(
      steps.map(({ started }) => started),
      [true, true, true],
    );
    assert.equal(jobs.size, 2);
  });

  it('can be waited for without those that come later', async () => {
    const jobs = createJobs(1);
    const [first, second] = [step(), step()];
    jobs.add(first.run);
    const settled = jobs.settled();
    jobs.add(second.run);
    first.end();
    await settled;
    assert.equal(jobs.size, 1);
    second.end();
    await jobs.settled();
    assert.equal(jobs.size, 0);
  });

  it('that wait are dropped when they are cleared', async () => {
    const jobs = createJobs(1);
    const [first, second] = [step(), step()];
    jobs.add(first.run);
    jobs.add(second.run);
    jobs.clear();
    first.end();
    await jobs.settled();
    assert.equal(second.started, false);
  });
});
