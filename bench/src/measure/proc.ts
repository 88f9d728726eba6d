import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** Clock ticks per second of /proc; Linux reports 100 on every platform that Node runs on. */
const ticksPerSecond = 100;

/** The processes and all their living descendants. */
export function processTree(pids: readonly number[]): number[] {
  const found: number[] = [];
  const open = [...pids];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    found.push(pid);
    open.push(...childrenOf(pid));
  }
  return found;
}

/** Any thread may have started a child. */
function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    readOrEmpty(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/**
 * Lets everybody else go first: all threads of these processes, those that they start from now on, and their sessions, between which Linux
 * shares the processors where it groups them.
 */
export function giveWay(pids: readonly number[]): void {
  const lowest = constants.priority.PRIORITY_LOW;
  for (const pid of processTree(pids)) {
    for (const thread of threadsOf(pid)) unlessGone(() => setPriority(Number(thread), lowest));
    unlessGone(() => writeFileSync(`/proc/${pid}/autogroup`, String(lowest)));
  }
}

function unlessGone(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof Error && /ESRCH|ENOENT/.test(error.message))) throw error;
  }
}

/** CPU seconds of a process and of its children that have ended and were waited for. */
export function cpuSecondsOf(pid: number): number {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // The second field is the name in parentheses and may hold spaces; utime is the 14th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return Number.isFinite(ticks) ? ticks / ticksPerSecond : 0;
}

/** Resident memory of a process now, in MiB. */
export function residentMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/status`)) ?? [];
  return kib === undefined ? 0 : Number(kib) / 1024;
}

/** The most resident memory a process ever had, in MiB. */
export function peakResidentMiB(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/status`)) ?? [];
  return kib === undefined ? 0 : Number(kib) / 1024;
}

/** A process may end between two reads: then there is nothing to add. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
