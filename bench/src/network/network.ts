/** How a slow or lossy link is made: by the kernel, by a delaying forwarder of our own, or not at all. */
export type LinkMeans = 'netem' | 'forwarder' | 'none';

/** Where the tools of one run talk to each other, and how many bytes they say. */
export interface Network {
  /** True when nothing but this run uses the counted interface. */
  readonly isolated: boolean;
  readonly means: LinkMeans;
  /** The command that runs a program inside this network. */
  wrap(command: string, args: readonly string[]): [command: string, args: string[]];
  /** Bytes that went over the loopback interface so far, packet headers and acknowledgements included. */
  bytes(): number;
  /** The port to connect to instead of `port`, so that the link has the delay of this network. */
  link(port: number): Promise<number>;
  close(): Promise<void>;
}

/** What a link is to be like. */
export interface LinkQuality {
  readonly delayMs: number;
  readonly lossPercent: number;
  /** What it carries each way; without it as much as comes. */
  readonly bytesPerSecond?: number;
}
