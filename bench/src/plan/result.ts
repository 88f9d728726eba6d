import type { Usage } from '../measure/usage.js';
import type { LinkMeans } from '../network/network.js';
import type { Durability } from '../rivals/rival.js';
import type { Figure } from './stage.js';

/** What one tool did with one workload. */
export interface Result {
  readonly workload: string;
  readonly title: string;
  readonly rival: string;
  readonly name: string;
  readonly setting: string;
  readonly durability: Durability;
  readonly yardstick: boolean;
  readonly figures: readonly Figure[];
  readonly usage: Usage | null;
  /** Whether the byte counts are of this tool alone. */
  readonly isolated: boolean;
  readonly linkMeans: LinkMeans;
  /** Null when all trees ended byte-identical; otherwise what is wrong. */
  readonly problem: string | null;
  /** How long all of it took, preparations included. */
  readonly seconds: number;
}
