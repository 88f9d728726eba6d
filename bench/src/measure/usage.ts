import type { Network } from '../network/network.js';
import { cpuSecondsOf, peakResidentMiB, processTree, residentMiB } from './proc.js';

/** What the processes of one tool took, all servers together. */
export interface Usage {
  readonly cpuSeconds: number;
  /** The larger of: the largest sum seen at one moment; the sum of the peaks of the processes alive at the end. */
  readonly peakRssMiB: number;
  readonly wireBytes: number;
}

/** Counts from `start` to `stop`, over several intervals if need be. */
export interface UsageMeter {
  start(): void;
  stop(): void;
  total(): Usage;
}

const sampleMs = 100;

/** @param pids the processes that the tool consists of at this moment, without their children */
export function createUsageMeter(network: Network, pids: () => readonly number[]): UsageMeter {
  let total: Usage = { cpuSeconds: 0, peakRssMiB: 0, wireBytes: 0 };
  let cpuBefore = new Map<number, number>();
  let bytesBefore = 0;
  let sampler: NodeJS.Timeout | null = null;

  const samplePeak = (read: (pid: number) => number) => {
    const sum = processTree(pids())
      .map(read)
      .reduce((a, b) => a + b, 0);
    if (sum > total.peakRssMiB) total = { ...total, peakRssMiB: sum };
  };
  return {
    start: () => {
      cpuBefore = new Map(processTree(pids()).map((pid) => [pid, cpuSecondsOf(pid)]));
      bytesBefore = network.bytes();
      sampler = setInterval(() => samplePeak(residentMiB), sampleMs);
    },
    stop: () => {
      if (sampler !== null) clearInterval(sampler);
      sampler = null;
      samplePeak(peakResidentMiB);
      total = {
        ...total,
        cpuSeconds: total.cpuSeconds + cpuSince(cpuBefore, pids()),
        wireBytes: total.wireBytes + network.bytes() - bytesBefore,
      };
    },
    total: () => total,
  };
}

/** A child that ended and was waited for is in its parent's count; one that is alive counts by itself. */
function cpuSince(before: ReadonlyMap<number, number>, tops: readonly number[]): number {
  return processTree(tops)
    .map((pid) => cpuSecondsOf(pid) - (before.get(pid) ?? 0))
    .reduce((a, b) => a + b, 0);
}
