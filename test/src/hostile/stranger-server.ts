// A victim in a process of its own, so that what strangers cost it can be measured. It reports whenever it is asked.
import { startVictim } from './victim.js';

const victim = await startVictim();

/** What the server has spent and done so far. */
export interface StrangerReport {
  readonly cpuMs: number;
  readonly rssMiB: number;
  readonly logLines: number;
  readonly lastSequence: number;
  readonly refused: number;
}

process.on('message', (question) => {
  if (question === 'close') {
    void victim.close().then(() => process.disconnect());
    return;
  }
  const { user, system } = process.cpuUsage();
  const { failures } = victim.sync.receiver.status();
  const report: StrangerReport = {
    cpuMs: Math.round((user + system) / 1000),
    rssMiB: Math.round(process.memoryUsage().rss / 1024 / 1024),
    logLines: victim.lines.length,
    lastSequence: victim.sync.replica.index.lastSequence(),
    refused: Object.values(failures).reduce((sum, count) => sum + count, 0),
  };
  process.send?.(report);
});
process.send?.({ port: victim.port });
