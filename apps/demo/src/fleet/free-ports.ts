import { once } from 'node:events';
import { createServer } from 'node:net';

const highestPort = 65_535;

/** The first free loopback ports from `first` upwards. */
export async function freePorts(first: number, count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let port = first; ports.length < count; port++) {
    if (port > highestPort) throw new Error(`There are no ${count} free ports above ${first}.`);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  probe.listen(port, '127.0.0.1');
  const free = await once(probe, 'listening').then(
    () => true,
    () => false,
  );
  if (free) await new Promise((resolve) => probe.close(resolve));
  return free;
}
