import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../processes/ports.js';
import { startProcess } from '../processes/process.js';
import type { Network } from './network.js';

/** A forwarder that holds every byte back for a while, in both directions. */
export interface DelayLine {
  readonly port: number;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('delay-line-process.js', import.meta.url));

/** Starts a forwarder to `port` in the same network; its CPU time is not counted as anybody's. */
export async function startDelayLine(network: Network, port: number, delayMs: number): Promise<DelayLine> {
  const [ownPort = 0] = await freePorts(1);
  const forwarder = startProcess({
    network,
    command: process.execPath,
    args: [program, String(ownPort), String(port), String(delayMs)],
    log: devNull,
    channel: true,
  });
  await new Promise<void>((resolve, reject) => {
    forwarder.child.once('message', () => resolve());
    forwarder.child.once('exit', () => reject(new Error(forwarder.failure() ?? 'The forwarder stopped.')));
  });
  return { port: ownPort, stop: () => forwarder.stop() };
}
