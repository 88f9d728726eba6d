import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import type { Clock } from '@lockstep/core';
import type { ProcessStatus } from '../status.js';

/** Measures the host process while somebody looks, and nothing otherwise. */
export interface ProcessMeter {
  /** What happened since the last look, at least a second ago. Starts measuring when nobody looked before. */
  read(): ProcessStatus;
  close(): void;
}

/** Sampling interval of the event loop, in ms: Node reports delays including it. */
const samplingMs = 20;
/** Without a look for this long the sampling stops: it wakes the process 50 times a second. */
const idleMs = 30_000;
/** Looks closer together than this see the same interval. */
const windowMs = 1_000;

/** @param clock decides when the sampling may rest */
export function createProcessMeter(clock: Clock): ProcessMeter {
  let histogram: IntervalHistogram | undefined;
  let cancelRest: () => void = () => undefined;
  let since = { atMs: clock.now(), cpu: process.cpuUsage() };
  let last: Pick<ProcessStatus, 'cpuPercent' | 'eventLoopP50Ms' | 'eventLoopP99Ms'> = nothingYet;

  return {
    read() {
      watch();
      if (clock.now() - since.atMs >= windowMs) measure();
      const memory = process.memoryUsage();
      return {
        pid: process.pid,
        uptimeSeconds: Math.round(process.uptime()),
        rssBytes: memory.rss,
        heapUsedBytes: memory.heapUsed,
        ...last,
      };
    },
    close: rest,
  };

  function watch(): void {
    if (!histogram) {
      histogram = monitorEventLoopDelay({ resolution: samplingMs });
      histogram.enable();
      since = { atMs: clock.now(), cpu: process.cpuUsage() };
    }
    cancelRest();
    cancelRest = clock.after(idleMs, rest);
  }

  function measure(): void {
    const atMs = clock.now();
    const cpu = process.cpuUsage();
    const usedMs = (cpu.user + cpu.system - since.cpu.user - since.cpu.system) / 1000;
    last = {
      cpuPercent: Math.round((usedMs / (atMs - since.atMs)) * 1000) / 10,
      eventLoopP50Ms: delayMs(histogram, 50),
      eventLoopP99Ms: delayMs(histogram, 99),
    };
    histogram?.reset();
    since = { atMs, cpu };
  }

  function rest(): void {
    cancelRest();
    histogram?.disable();
    histogram = undefined;
    last = nothingYet;
  }
}

const nothingYet = { cpuPercent: null, eventLoopP50Ms: null, eventLoopP99Ms: null };

function delayMs(histogram: IntervalHistogram | undefined, percentile: number): number | null {
  if (!histogram || histogram.max === 0) return null;
  return Math.max(0, Math.round((histogram.percentile(percentile) / 1e6 - samplingMs) * 10) / 10);
}
