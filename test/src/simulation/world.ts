import { createSeededRandom, type SeededRandom } from '@lockstep/core/testing';
import { createEventQueue, type EventQueue } from './event-queue.js';
import { createFaults, makeReadableOn, makeRoomOn } from './faults.js';
import { createNetwork } from './network.js';
import { createOracle } from './oracle.js';
import { allFaults, makePlan, type Plan } from './plan.js';
import { Server } from './server.js';
import { differences, isQuiet, workOf } from './settled.js';
import { createUser } from './user.js';

/** What became of one seed. */
export interface Outcome {
  readonly seed: string;
  /** Empty when all is well. */
  readonly failures: readonly string[];
  /** What users and faults did, in order. */
  readonly trace: readonly string[];
  readonly steps: number;
  readonly plan: Plan;
}

/** Who looks on while a seed is played. */
export interface Onlooker {
  readonly onTrace?: (line: string) => void;
  /** Every recorded row is in the trace too. */
  readonly isClose?: boolean;
  /** The servers in their last state. */
  readonly onEnd?: (servers: readonly Server[]) => void;
}

/** After the last fault, everything must be the same everywhere within this time. Anti-entropy may rest for 10 minutes. */
const settleMs = 45 * 60_000;
const checkMs = 2_000;
/** Ten times what a seed needs: servers that tell each other the same for ever are not waited for. */
const mostSteps = 40_000;

/** Runs one seed from the first save to the last word of the oracle. The same seed gives the same outcome. */
export async function runSeed(
  seed: string,
  { onTrace, onEnd, isClose = false }: Onlooker = {},
): Promise<Outcome> {
  const plan = makePlan(seed);
  const random = createSeededRandom(seed);
  const queue = createEventQueue(random.fork('queue'));
  const trace: string[] = [];
  const failures: string[] = [];
  const note = (line: string): void => {
    trace.push(`${String(queue.nowMs % 1e8).padStart(8)} ${line}`);
    onTrace?.(trace.at(-1) ?? '');
  };
  const onDefect = (error: unknown): void => {
    failures.push(`defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
  const network = createNetwork({
    ...{ queue, plan: plan.network, onDefect, random: random.fork('network') },
    hostOf: (name) => servers.find((server) => server.name === name)?.process ?? null,
  });
  const surroundings = {
    queue,
    plan,
    network: () => network,
    trace: note,
    onDefect,
    onRecorded: isClose ? note : undefined,
    onDeletion: (line: string) => {
      if (isWithoutDeletions(plan)) failures.push(line);
    },
  };
  const servers: readonly Server[] = plan.nodes.map(
    (name) => new Server(name, surroundings, random.fork(`server ${name}`)),
  );
  const oracle = createOracle();
  const user = createUser({ random: random.fork('user'), oracle, plan, trace: note });
  const strike = createFaults({
    ...{ plan, random: random.fork('faults'), queue, servers, network, oracle, trace: note, onDefect },
  });

  for (const server of servers) server.start();
  await playOut({ plan, random: random.fork('play'), queue, servers, user, strike });
  note('the faults end');
  network.heal();
  for (const server of servers) recover(server);
  await settle(queue, servers, failures);
  failures.push(...differences(servers), ...oracle.judge(servers, neverOf(plan)));
  onEnd?.(servers);
  for (const server of servers) server.shutDown();
  return { seed, failures, trace, steps: queue.steps, plan };
}

/** Nobody deletes, and no power cut takes back what was just saved: then no server may ever record a deletion. */
function isWithoutDeletions({ isStrict, removes, faults }: Plan): boolean {
  return isStrict && !removes && (faults['power-cut'] ?? 0) === 0;
}

function neverOf({ isStrict, removes }: Plan): 'superseded' | 'buried' | null {
  if (!isStrict) return null;
  return removes ? 'buried' : 'superseded';
}

interface Play {
  readonly plan: Plan;
  readonly random: SeededRandom;
  readonly queue: EventQueue;
  readonly servers: readonly Server[];
  readonly user: ReturnType<typeof createUser>;
  readonly strike: ReturnType<typeof createFaults>;
}

/** Users act and faults strike, each at its moment. */
async function playOut({ plan, random, queue, servers, user, strike }: Play): Promise<void> {
  const faults = allFaults.flatMap((fault) => Array.from({ length: plan.faults[fault] ?? 0 }, () => fault));
  const strikesAt = new Map(faults.map((fault, nth) => [`${nth} ${random.below(plan.actions)}`, fault]));
  const [remover = random.pick(servers)] = servers;
  let done = 0;
  const next = (): void => {
    if (done >= plan.actions) return;
    for (const [when, fault] of strikesAt) {
      if (when.endsWith(` ${done}`)) strike(fault, random.pick(servers));
    }
    user.act(plan.removes && random.chance(0.5) ? remover : random.pick(servers));
    if (random.chance(0.05)) void random.pick(servers).process?.scans.now();
    done += 1;
    queue.after(random.chance(0.3) ? 0 : random.below(2 * plan.pauseMs), next);
  };
  next();
  await queue.run(() => done >= plan.actions);
  const endMs = queue.nowMs + random.below(3_000);
  let isOver = false;
  queue.after(endMs - queue.nowMs, () => (isOver = true));
  await queue.run(() => isOver);
}

function recover(server: Server): void {
  makeRoomOn(server);
  makeReadableOn(server);
  server.calm();
  server.start();
}

/** Waits until nothing is left to do. A person scans once, and releases what is held. */
async function settle(queue: EventQueue, servers: readonly Server[], failures: string[]): Promise<void> {
  const endMs = queue.nowMs + settleMs;
  const scanned = new Set<Server>();
  let isOver = false;
  const check = (): void => {
    for (const server of servers) {
      const { process } = server;
      if (process === null) continue;
      if (!scanned.has(server))
        void process.scans.now().then((report) => report !== null && scanned.add(server));
      for (const hold of process.replica.index.holds.list()) {
        process.replica
          .releaseHold(hold.id)
          .catch((error: unknown) => failures.push(`defect: ${String(error)}`));
      }
    }
    isOver =
      queue.nowMs >= endMs ||
      queue.steps >= mostSteps ||
      (scanned.size === servers.length && isQuiet(servers));
    if (!isOver) queue.after(checkMs, check);
  };
  queue.after(checkMs, check);
  await queue.run(() => isOver);
  if (!isQuiet(servers)) failures.push(`not settled after ${queue.steps} steps`, ...servers.flatMap(workOf));
}
