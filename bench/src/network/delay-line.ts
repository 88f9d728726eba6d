import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../processes/ports.js';
import { startProcess } from '../processes/process.js';
import type { LinkQuality, Network } from './network.js';

/** A forwarder that is as slow as a link, in both directions. */
export interface DelayLine {
  readonly port: number;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('delay-line-process.js', import.meta.url));

/** Starts a forwarder to `port` in the same network; its CPU time is not counted as anybody's. */
export async function startDelayLine(
  network: Network,
  port: number,
  quality: LinkQuality,
): Promise<DelayLine> {
  const [ownPort = 0] = await freePorts(1);
  const { delayMs, lossPercent, bytesPerSecond = 0 } = quality;
  const forwarder = startProcess({
    network,
    command: process.execPath,
    args: [program, ...[ownPort, port, delayMs, lossPercent, bytesPerSecond].map(String)],
    log: devNull,
    channel: true,
  });
  await new Promise<void>((resolve, reject) => {
    forwarder.child.once('message', () => resolve());
    forwarder.child.once('exit', () => reject(new Error(forwarder.failure() ?? 'The forwarder stopped.')));
  });
  return { port: ownPort, stop: () => forwarder.stop() };
}
