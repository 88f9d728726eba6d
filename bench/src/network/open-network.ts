import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { onInterrupt } from '../processes/interrupt.js';
import { startDelayLine, type DelayLine } from './delay-line.js';
import type { LinkMeans, LinkQuality, Network } from './network.js';

let opened = 0;

/**
 * A network namespace of its own where the user may make one (root on Linux): its loopback counters see this run and nothing
 * else. Otherwise the loopback interface of the machine, whose counters see every other program too.
 */
export function openNetwork(quality: LinkQuality): Network {
  const name = `lockstep-bench-${process.pid}-${(opened += 1)}`;
  const isolated = ip('netns', 'add', name) && ip('-n', name, 'link', 'set', 'lo', 'up');
  const enter = isolated ? ['netns', 'exec', name] : [];
  const remove = () => void (isolated && ip('netns', 'del', name));
  const forget = onInterrupt(remove);
  const means = linkMeans(quality, isolated ? name : null);
  const lines: DelayLine[] = [];
  const network: Network = {
    isolated,
    means,
    wrap: (command, args) => (isolated ? ['ip', [...enter, command, ...args]] : [command, [...args]]),
    // A forwarder hands every byte on over the same interface.
    bytes: () => loopbackBytes(isolated ? name : null) / (means === 'forwarder' ? 2 : 1),
    link: async (port) => {
      if (means !== 'forwarder') return port;
      const line = await startDelayLine(network, port, quality);
      lines.push(line);
      return line.port;
    },
    close: async () => {
      await Promise.all(lines.map((line) => line.stop()));
      remove();
      forget();
    },
  };
  return network;
}

function linkMeans(quality: LinkQuality, namespace: string | null): LinkMeans {
  const { delayMs, lossPercent, bytesPerSecond = 0 } = quality;
  if (delayMs === 0 && lossPercent === 0 && bytesPerSecond === 0) return 'none';
  if (namespace === null) return 'forwarder';
  const rate = bytesPerSecond === 0 ? [] : ['rate', `${(bytesPerSecond * 8) / 1000}kbit`];
  const netem = ['netem', 'delay', `${delayMs}ms`, 'loss', `${lossPercent}%`, ...rate];
  const enter = ['netns', 'exec', namespace, 'tc'];
  return ip(...enter, 'qdisc', 'add', 'dev', 'lo', 'root', ...netem) ? 'netem' : 'forwarder';
}

function ip(...args: string[]): boolean {
  return spawnSync('ip', args, { stdio: 'ignore' }).status === 0;
}

/** `/proc/net/dev`: the ninth number of a line is what the interface sent; on loopback that is every byte once. */
function loopbackBytes(namespace: string | null): number {
  const table =
    namespace === null
      ? readFileSync('/proc/net/dev', 'utf8')
      : spawnSync('ip', ['netns', 'exec', namespace, 'cat', '/proc/net/dev'], { encoding: 'utf8' }).stdout;
  const line = table.split('\n').find((text) => text.trim().startsWith('lo:'));
  return Number(line?.split(':')[1]?.trim().split(/\s+/)[8] ?? 0);
}
