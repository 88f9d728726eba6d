import type { Network } from '../network/network.js';

/** What a file that is reported as transferred survives: a power cut, or only a crash of the process. */
export type Durability = 'fsync' | 'os';

/** The servers of one run and where their folders are. Folder 0 is where changes are made. */
export interface Topology {
  /** A scratch directory for configuration, state and logs. */
  readonly directory: string;
  /** One folder per server; they exist, and may hold files. */
  readonly roots: readonly string[];
  /** Whether every server may write; otherwise only the first one does. */
  readonly twoWay: boolean;
  readonly network: Network;
  /** The link is so slow that an administrator would switch compression on. */
  readonly thinLink: boolean;
}

/** A tool at work on a topology. */
export interface Running {
  /** The processes it consists of now, without their children. */
  pids(): readonly number[];
  /** Those of one server; where a server is a process of its own. */
  pidsOf?(node: number): readonly number[];
  /** Why it cannot work any more; null while it can. */
  failure(): string | null;
  /** Ends one server's part of the tool, as when the machine goes down. */
  stopNode(node: number): Promise<void>;
  /** Starts it again; need not wait until it is ready. */
  startNode(node: number): Promise<void>;
  stop(): Promise<void>;
  /** For tools that do not watch by themselves: the folder has changed. */
  changed?(paths: readonly string[] | 'everything'): void;
  /** Asks the app around the tool about its event loop; only where the tool lives in an app. */
  loopDelay?(node: number, action: 'reset' | 'read'): Promise<LoopDelay>;
}

/** Delay of an event loop since its reset, in milliseconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** One tool at one setting. */
export interface Rival {
  readonly id: string;
  readonly name: string;
  /** The setting in words, as it stands in the table. */
  readonly setting: string;
  readonly durability: Durability;
  /** Whether changes made on any server reach all others. */
  readonly twoWay: boolean;
  /** Whether its connections can be led through a delaying link made by `Network.link`. */
  readonly linkable: boolean;
  /** True for the yardsticks (raw copy, app without sync) that are no competitors. */
  readonly yardstick?: boolean;
  /** How to install what is missing; null when everything is there. */
  missing(): string | null;
  start(topology: Topology): Promise<Running>;
}
