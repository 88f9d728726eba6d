import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Loopback ports that were free just now, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const probes: Server[] = [];
  for (let i = 0; i < count; i++) {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    probes.push(probe);
  }
  const ports = probes.map((probe) => {
    const address = probe.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports;
}
