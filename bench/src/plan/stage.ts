import type { Expectation } from '../measure/expectation.js';
import type { Usage } from '../measure/usage.js';
import type { LinkMeans, LinkQuality } from '../network/network.js';
import type { Rival, Running } from '../rivals/rival.js';
import type { Scale } from './scale.js';

/** One number that a workload measured; smaller is better. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 's' | 'MB' | 'MiB' | '%' | '×' | 'n';
}

/** What a workload works with: the folders, and one tool that keeps them equal. */
export interface Stage {
  readonly rival: Rival;
  readonly scale: Scale;
  /** Folder 0 is the source, unless the workload is two-way. */
  readonly roots: readonly string[];
  /** A scratch directory on the same file system, for what is copied in. */
  readonly scratch: string;
  readonly linkMeans: LinkMeans;
  /** The tool, started by `launch` or `start`. Throws before that. */
  running(): Running;
  /** Starts the tool without waiting for anything. */
  launch(): Promise<void>;
  /** Starts the tool and waits until folders are equal and two probe changes have arrived everywhere. */
  start(): Promise<void>;
  /** CPU, memory and bytes on the wire of this work are what the table shows. */
  timed<T>(work: () => Promise<T>): Promise<T>;
  /** What `timed` work took so far. */
  usage(): Usage;
  /** Waits until all of it is true; gives when that was seen (`performance.now()`). */
  until(expectations: readonly Expectation[], pollMs?: number): Promise<number>;
  /** Between 0 and 1, from a fixed seed: each tool meets the same work. */
  random(): number;
}

/** One piece of work that is done with each tool in turn. */
export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly peers: number;
  readonly twoWay?: boolean;
  /** What the links are like; without it as fast as they can be. */
  readonly link?: LinkQuality;
  /** False for work that this tool cannot do, or that would say nothing about it. */
  suits(rival: Rival): boolean;
  /** What is in the folders before the tool starts. */
  seed?(stage: Stage): Promise<void> | void;
  /** Gives the figures; the first one is the result, the others explain it. */
  run(stage: Stage): Promise<readonly Figure[]>;
}
