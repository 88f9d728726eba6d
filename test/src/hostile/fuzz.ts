import fc from 'fast-check';
import { attack } from './arbitraries.js';
import { createClient, type Attack } from './client.js';
import { judgeDisk, judgeLog, judgeReply } from './judge.js';
import { startVictim } from './victim.js';

/** Requests that are on their way at a time, and after how many the disk is looked at. */
const together = 20;
const betweenLooks = 1000;

export interface FuzzReport {
  /** HTTP requests that were sent and answered, each counted once. */
  readonly requests: number;
  /** How many answers had each status; `broken off` are files that changed while they were read. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly seconds: number;
  /**
   * What is alive in the memory of this process, which is victim and attacker in one, after a tenth of the requests and at the end, in MiB;
   * with `node --expose-gc` after a collection. The victim remembers up to 20,000 nonces of a peer, some 9 MiB.
   */
  readonly heapMiB: readonly [early: number, late: number];
}

/**
 * Sends generated requests to a real server and holds every answer, its log, its disk and the canary around its folders to the rules.
 * A failure names the seed and the shortest list of requests that shows it.
 */
export async function fuzz(requests: number, seed: number): Promise<FuzzReport> {
  const victim = await startVictim();
  const client = createClient(victim.port);
  const statuses: Record<string, number> = {};
  const startMs = performance.now();
  let sent = 0;
  let early = 0;
  const shoot = async (attacks: readonly Attack[]): Promise<void> => {
    const replies = await Promise.all(attacks.map((each) => client.sendOrBreakOff(each)));
    for (const [at, each] of attacks.entries()) {
      const reply = replies[at];
      if (reply) judgeReply(victim, each, reply);
      const status = reply?.status ?? 'broken off';
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    const before = sent;
    sent += attacks.length;
    if (early === 0 && sent >= requests / 10) early = heapMiB();
    if (Math.floor(before / betweenLooks) === Math.floor(sent / betweenLooks)) return;
    await judgeDisk(victim);
    judgeLog(victim);
    victim.lines.length = 0;
  };
  try {
    const volley = fc.array(attack, { minLength: together, maxLength: together });
    await fc.assert(fc.asyncProperty(volley, shoot), {
      numRuns: Math.ceil(requests / together),
      seed,
      endOnFailure: false,
    });
    await judgeDisk(victim);
    judgeLog(victim);
    const seconds = Math.round((performance.now() - startMs) / 100) / 10;
    return { requests: sent, statuses, seconds, heapMiB: [early, heapMiB()] };
  } finally {
    client.close();
    await victim.close();
  }
}

function heapMiB(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1024 / 1024);
}
