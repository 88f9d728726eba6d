import type { Process } from '../processes/process.js';
import type { Running } from './rival.js';

/** The processes of one server, and how to start them. */
export type StartNode = (node: number) => Promise<readonly Process[]> | readonly Process[];

/** A `Running` made of processes per server: stopped in reverse order, restarted one server at a time. */
export async function startCrew(nodes: number, startNode: StartNode): Promise<Running> {
  const crew = new Map<number, readonly Process[]>();
  const stopNode = async (node: number) => {
    await Promise.all((crew.get(node) ?? []).map((process) => process.stop()));
    crew.delete(node);
  };
  const stop = async () => {
    for (const node of [...crew.keys()].sort((a, b) => a - b)) await stopNode(node);
  };
  const start = async (node: number) => {
    crew.set(node, await startNode(node));
  };
  try {
    // Receivers first: the sender of most tools wants somebody to talk to.
    for (let node = nodes - 1; node >= 0; node -= 1) await start(node);
  } catch (error) {
    await stop();
    throw error;
  }
  const all = () => [...crew.values()].flat();
  return {
    pids: () => all().map((process) => process.pid),
    pidsOf: (node) => (crew.get(node) ?? []).map((process) => process.pid),
    failure: () =>
      all()
        .map((process) => process.failure())
        .find((text) => text !== null) ?? null,
    stopNode,
    startNode: start,
    stop,
  };
}
