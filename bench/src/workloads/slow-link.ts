import { createHash } from 'node:crypto';
import type { Workload } from '../plan/stage.js';
import { arrival, burstPaths } from './burst.js';
import { fill, put } from './content.js';
import { latencyFigures, measureWrites } from './single-changes.js';

const files = 1000;
const folders = 50;
const changes = 30;

/**
 * Servers far apart: 50 ms each way and 1 % of packets lost, by netem where the kernel has it. Without it a forwarder of our own makes the delay
 * and has lost packets come a round trip later; results say which it was.
 */
export function slowLink(): Workload {
  return {
    id: 'slow-link',
    title: '50 ms each way and 1 % loss: one change, then 1,000 files',
    peers: 1,
    link: { delayMs: 50, lossPercent: 1 },
    suits: (rival) => rival.linkable,
    seed: ({ scratch }) => {
      fill(scratch, burstPaths(files, folders), 4096);
    },
    run: async (stage) => {
      await stage.start();
      const latencies = latencyFigures(await measureWrites(stage, changes));
      const { value, unit } = await arrival(stage, burstPaths(files, folders));
      return [...latencies, { name: '1,000 files', value, unit }];
    },
  };
}

const pages = 2000;
const pageBytes = 8 * 1024;

/** A thin line between the servers, and a site of pages that shrink when they are compressed. Every tool may compress. */
export function thinLink(): Workload {
  return {
    id: 'thin-link',
    title: '1 MB/s and 10 ms each way: copy in 2,000 pages of 8 KiB',
    peers: 1,
    link: { delayMs: 10, lossPercent: 0, bytesPerSecond: 1_000_000 },
    suits: (rival) => rival.linkable,
    seed: ({ scratch }) => {
      for (const path of burstPaths(pages, folders)) put(scratch, path, Buffer.from(page(path)));
    },
    run: async (stage) => {
      await stage.start();
      return [await arrival(stage, burstPaths(pages, folders), pageBytes)];
    },
  };
}

/** Markup as people write it, of which about a quarter is left. */
function page(seed: string): string {
  const lines: string[] = [];
  for (let at = 0, length = 0; length < pageBytes; at += 1) {
    const word = createHash('sha256').update(`${seed} ${at}`).digest('hex').slice(0, 10);
    const line = `<li class="item"><a href="/catalogue/${word}">Item ${at}</a> costs ${word.slice(0, 2)}</li>`;
    lines.push(line);
    length += line.length + 1;
  }
  return lines.join('\n').slice(0, pageBytes);
}
